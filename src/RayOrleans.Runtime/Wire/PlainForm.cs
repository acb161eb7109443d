using System.Buffers;

namespace RayOrleans.Runtime.Wire;

/// <summary>How one of the framework's immutable types is written without its name.</summary>
internal abstract class PlainForm(Type type)
{
    public delegate T Reader<out T>(ref WireReader reader);

    public Type Type => type;

    public abstract void Write(IBufferWriter<byte> output, object value);

    /// <summary>Reads a value; a value that cannot be gives an exception of any kind.</summary>
    public abstract object Read(ref WireReader reader);

    /// <summary>A type whose every bit pattern is a value.</summary>
    public static PlainForm Bits<T>()
        where T : unmanaged =>
        Of((output, value) => output.WriteBits(value), (ref WireReader r) => r.ReadBits<T>());

    public static PlainForm Of<T>(Action<IBufferWriter<byte>, T> write, Reader<T> read)
        where T : notnull =>
        new Typed<T>(write, read);

    private sealed class Typed<T>(Action<IBufferWriter<byte>, T> write, Reader<T> read) : PlainForm(typeof(T))
        where T : notnull
    {
        public override void Write(IBufferWriter<byte> output, object value) => write(output, (T)value);

        public override object Read(ref WireReader reader) => read(ref reader);
    }
}
