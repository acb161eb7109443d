namespace RayOrleans;

/// <summary>
/// One call: the function and its arguments, typed. The generated subclasses know the types; the runtime only packs,
/// executes and replaces the function by an unpacked copy. One instance belongs to one task and may be executed once per attempt.
/// </summary>
public abstract class Invocation
{
    private protected Invocation(Delegate function) => Function = function;

    /// <summary>The user's function.</summary>
    internal Delegate Function { get; }

    /// <summary>The packed copy of the function's captured state, or null when it captures nothing; a form of the runtime's.</summary>
    internal object? PackedFunction { get; set; }

    /// <summary>What the function returns.</summary>
    public abstract CallShape Shape { get; }

    /// <summary>The type of the result: of the awaited value, of a stream's items, or <see cref="Unit"/>.</summary>
    public abstract Type ResultType { get; }

    /// <summary>Hands every argument to the packer, in order.</summary>
    internal abstract void Pack(CallPacker packer);

    /// <summary>Hands every packed argument to the writer, in order. Each class has a static <c>Read</c> that takes them from a <see cref="CallReader"/> again.</summary>
    internal abstract void Write(CallWriter writer);

    /// <summary>
    /// Runs the function on the calling thread with the frame's arguments and gives its result to the frame.
    /// Null when all is done on return; otherwise a task that ends when the result was given.
    /// What the function throws is thrown here or by that task.
    /// </summary>
    internal abstract Task? Execute(CallFrame frame);
}
