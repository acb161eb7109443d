namespace RayOrleans.Overloads;

/// <summary>What a remote function returns: how its delegate is written, what a call of it gives, and how much the overload is preferred.</summary>
/// <param name="Name">The invocation class without its suffix; also the member of <c>CallShape</c>.</param>
/// <param name="Returns">The delegate's return type; null for <c>Action</c>.</param>
/// <param name="Result">The type parameter of the result; null where there is no value.</param>
/// <param name="Preference">The k of the priority scheme.</param>
/// <param name="Doc">What the function returns, for the documentation.</param>
internal sealed record Shape(string Name, string? Returns, string? Result, int Preference, string Doc)
{
    public static readonly Shape Value = new("Value", "R", "R", 1, "a function");
    public static readonly Shape TaskOfValue = new("TaskOfValue", "Task<R>", "R", 4, "an asynchronous function");
    public static readonly Shape ValueTaskOfValue = new("ValueTaskOfValue", "ValueTask<R>", "R", 3, "an asynchronous function");
    public static readonly Shape Task = new("Task", "Task", null, 2, "an asynchronous function without a value");
    public static readonly Shape ValueTask = new("ValueTask", "ValueTask", null, 1, "an asynchronous function without a value");
    public static readonly Shape Void = new("Void", null, null, 0, "a function without a value");
    public static readonly Shape AsyncEnumerable = new("AsyncEnumerable", "IAsyncEnumerable<T>", "T", 2, "a function that makes many objects while it runs");
    public static readonly Shape Enumerable = new("Enumerable", "IEnumerable<T>", "T", 1, "a function that makes many objects while it runs");

    /// <summary>The shapes that <c>Remote</c> takes.</summary>
    public static readonly Shape[] Functions = [Value, TaskOfValue, ValueTaskOfValue, Task, ValueTask, Void];

    /// <summary>The shapes that <c>Stream</c> takes.</summary>
    public static readonly Shape[] Streams = [AsyncEnumerable, Enumerable];

    /// <summary>The shapes that <c>Actor</c> takes.</summary>
    public static readonly Shape[] Constructors = [Value, TaskOfValue];

    public bool IsStream => Result == "T";

    public bool IsAsync => this != Value && this != Void && this != Enumerable;

    /// <summary>The delegate type over some parameter types.</summary>
    public string Delegate(IEnumerable<string> parameters, string? returns = null)
    {
        returns ??= Returns;
        string[] all = returns is null ? [.. parameters] : [.. parameters, returns];
        string name = returns is null ? "Action" : "Func";
        return all.Length == 0 ? name : $"{name}<{string.Join(", ", all)}>";
    }
}
