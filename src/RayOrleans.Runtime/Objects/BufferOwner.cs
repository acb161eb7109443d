using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime;

/// <summary>A block that the user writes into; sealing makes it an object whose bytes are where they were written.</summary>
internal sealed class BufferOwner : SharedBufferOwner
{
    private readonly RayScope _scope;
    private readonly StoreBlock _block;
    private readonly BufferLayout _layout;

    // Shared with the memory that is handed out, so that the room is free as soon as the buffer is given up.
    private readonly StorePin _pin;

    private BufferOwner(RayScope scope, StoreBlock block, BufferLayout layout)
    {
        _scope = scope;
        _block = block;
        _layout = layout;
        _pin = block.Pin();
    }

    /// <summary>A buffer that was neither sealed nor disposed of.</summary>
    ~BufferOwner() => _block?.Delete();

    /// <summary>Room for so many elements: in the store, or, for a few, in the process's own memory.</summary>
    public static SharedBufferOwner Create<T>(RayScope scope, int length)
        where T : unmanaged
    {
        // A process has no store of its own: what is written is put into its node's when it is sealed.
        if ((long)length * Unsafe.SizeOf<T>() <= SmallBufferOwner.MaxBytes || scope.Node.IsProcess)
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

    public override Memory<T> Memory<T>() =>
        MemoryMarshal.AsMemory(_pin.GetMemory<T>(_layout.DataOffset, checked((int)(_layout.DataLength / Unsafe.SizeOf<T>()))));

    public override ObjectRef<ReadOnlyMemory<T>> Seal<T>()
    {
        GC.SuppressFinalize(this);
        foreach ((long offset, byte[] bytes) in _layout.Header)
        {
            _block.Write(offset, bytes);
        }

        _block.Seal();
        _pin.Dispose();
        return _scope.Adopt<ReadOnlyMemory<T>>(new WrittenValue(new StoreValue(_scope.Node.Store.Keep(_block)), _layout.TotalLength, null, null));
    }

    public override void Dispose()
    {
        GC.SuppressFinalize(this);
        _block.Delete();
        _pin.Dispose();
    }
}
