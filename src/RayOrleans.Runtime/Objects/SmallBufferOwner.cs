namespace RayOrleans.Runtime;

/// <summary>A buffer too small for a block of its own.</summary>
internal sealed class SmallBufferOwner(RayScope scope, Array elements) : SharedBufferOwner
{
    public const int MaxBytes = 16 * 1024;

    public override Memory<T> Memory<T>() => (T[])elements;

    public override ObjectRef<ReadOnlyMemory<T>> Seal<T>() => scope.Put<ReadOnlyMemory<T>>((T[])elements);

    public override void Dispose()
    {
    }
}
