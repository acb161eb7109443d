using System.Runtime.CompilerServices;

namespace RayOrleans;

/// <summary>Awaits the completion of an object without reading its value.</summary>
public readonly struct ObjectRefAwaiter : ICriticalNotifyCompletion
{
    private readonly ObjectRef _ref;

    internal ObjectRefAwaiter(ObjectRef reference) => _ref = reference;

    /// <summary>Whether the object, or the error instead of it, is there.</summary>
    public bool IsCompleted => _ref.Hold.IsReady(_ref.Target);

    /// <summary>Throws the failure of the task that should have made the object, if it failed.</summary>
    public void GetResult() => _ref.Hold.ThrowIfFailed(_ref);

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => _ref.Hold.OnCompleted(_ref, continuation, flowContext: true);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => _ref.Hold.OnCompleted(_ref, continuation, flowContext: false);
}
