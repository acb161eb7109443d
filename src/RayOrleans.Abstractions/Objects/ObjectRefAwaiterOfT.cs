using System.Runtime.CompilerServices;

namespace RayOrleans;

/// <summary>Awaits the value of an object.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public readonly struct ObjectRefAwaiter<T> : ICriticalNotifyCompletion
{
    private readonly ObjectRef<T> _ref;

    internal ObjectRefAwaiter(ObjectRef<T> reference) => _ref = reference;

    /// <summary>Whether the value, or the error instead of it, is there.</summary>
    public bool IsCompleted => _ref.Hold.IsReadable(_ref.Target);

    /// <summary>The value, as the getter's own copy; throws if the task failed.</summary>
    public T GetResult() => _ref.Hold.Read(_ref);

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => _ref.Hold.OnCompleted(_ref, continuation, flowContext: true);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => _ref.Hold.OnCompleted(_ref, continuation, flowContext: false);
}
