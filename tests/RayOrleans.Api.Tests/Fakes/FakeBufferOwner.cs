namespace RayOrleans.Api.Tests.Fakes;

/// <summary>Room for a buffer in ordinary memory.</summary>
internal sealed class FakeBufferOwner(FakeHold hold, int length) : SharedBufferOwner
{
    private Array? _array;

    public int Aborts { get; private set; }

    public override Memory<T> Memory<T>()
    {
        _array ??= new T[length];
        return (T[])_array;
    }

    public override ObjectRef<ReadOnlyMemory<T>> Seal<T>() => hold.Ready<ReadOnlyMemory<T>>(Memory<T>());

    public override void Dispose() => Aborts++;
}
