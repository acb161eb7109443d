namespace RayOrleans;

/// <summary>One argument of a remote call: a value, or a reference whose value the runtime supplies before the function starts.</summary>
/// <typeparam name="T">The type of the function's parameter.</typeparam>
public struct Arg<T>
{
    /// <summary>The reference, where the argument is one.</summary>
    internal ObjectRef<T>? Ref;

    /// <summary>The packed copy of a value that could be changed after the call; a form of the runtime's.</summary>
    internal object? Packed;

    /// <summary>The value itself where nothing can change it.</summary>
    internal T? Value;

    /// <summary>Whether the actor itself is meant: the first parameter of an actor call.</summary>
    internal bool IsActor;

    /// <summary>An argument given by value.</summary>
    /// <param name="value">The value; copied when the call is submitted.</param>
    public static implicit operator Arg<T>(T value) => new() { Value = value };

    /// <summary>An argument given by reference.</summary>
    /// <param name="reference">The reference; must not be null.</param>
    public static implicit operator Arg<T>(ObjectRef<T> reference) =>
        new() { Ref = reference ?? throw new ArgumentNullException(nameof(reference), CallGuard.NullReference) };

    /// <summary>The place of the actor itself.</summary>
    internal static Arg<T> Actor => new() { IsActor = true };
}
