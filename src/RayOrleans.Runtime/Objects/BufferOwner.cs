using System.Runtime.CompilerServices;
using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime;

/// <summary>A block that the user writes into; sealing makes it an object whose bytes are where they were written.</summary>
internal sealed class BufferOwner : SharedBufferOwner
{
    private readonly RayScope _scope;
    private readonly StoreBlock _block;
    private readonly BufferLayout _layout;

    private BufferOwner(RayScope scope, StoreBlock block, BufferLayout layout)
    {
        _scope = scope;
        _block = block;
        _layout = layout;
    }

    /// <summary>Room for so many elements: in the store, or, for a few, in the process's own memory.</summary>
    public static SharedBufferOwner Create<T>(RayScope scope, int length)
        where T : unmanaged
    {
        if ((long)length * Unsafe.SizeOf<T>() <= SmallBufferOwner.MaxBytes)
        {
            return new SmallBufferOwner(scope, new T[length]);
        }

        BufferLayout layout = BufferLayout.Of<T>(scope.Node.Serializer, length);
        StoreBlock block;
        try
        {
            block = scope.Node.Store.Create(layout.TotalLength);
        }
        catch (Exception e) when (StoreErrors.Translate(e, scope.Node) is { } error)
        {
            throw error;
        }

        return new BufferOwner(scope, block, layout);
    }

    public override Memory<T> Memory<T>() => _block.GetWritableMemory<T>(_layout.DataOffset, checked((int)(_layout.DataLength / Unsafe.SizeOf<T>())));

    public override ObjectRef<ReadOnlyMemory<T>> Seal<T>()
    {
        foreach ((long offset, byte[] bytes) in _layout.Header)
        {
            _block.Write(offset, bytes);
        }

        _block.Seal();
        return _scope.Adopt<ReadOnlyMemory<T>>(new WrittenValue(new StoreValue(_block), _layout.TotalLength, null, null));
    }

    public override void Dispose() => _block.Abort();
}
