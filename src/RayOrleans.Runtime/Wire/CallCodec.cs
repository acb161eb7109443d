using RayOrleans.Core;
using RayOrleans.Runtime.Code;
using RayOrleans.Serialization;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Runtime.Wire;

/// <summary>
/// Calls as bytes, for nodes that run the same code. One codec serves one node and one load context; thread-safe.
/// <code>
/// byte[] call = codec.Encode(invocation, task.DependencyCount, package);      // after ArgumentPacker.Pack; the task's Inputs travel beside it, as ids
/// ContentHash package = CallCodec.PackageOf(call);                             // which code the receiver needs
/// Invocation copy = codec.Decode(call, inputs);                                // inputs: the receiver's own entries, in the order of the task's Inputs
/// </code>
/// The bytes: a prefix as of any value, the package, the number of dependencies, the head (<see cref="CallHeads"/>), the function's captured state, the arguments.
/// They are not trusted: what is damaged gives a <see cref="RaySerializationException"/>. No user code runs while they are read.
/// </summary>
internal sealed class CallCodec(NodeServices node, ValueSerializer serializer)
{
    private const ushort Fingerprint = 0xCA11;

    [ThreadStatic]
    private static CallArgumentWriter? t_arguments;

    [ThreadStatic]
    private static ReadContext? t_input;

    [ThreadStatic]
    private static CallArgumentReader? t_reader;

    private readonly CallHeads _heads = new(serializer);
    private readonly InputHold _hold = new(node);

    /// <summary>Writes a packed call.</summary>
    /// <param name="invocation">The call; its arguments and its function's state were packed.</param>
    /// <param name="dependencies">How many of the task's inputs are arguments: its <see cref="TaskRecord.DependencyCount"/>.</param>
    /// <param name="package">The code that the receiver needs.</param>
    /// <exception cref="RaySerializationException">The function exists in this process only, or something it captures does.</exception>
    public byte[] Encode(Invocation invocation, int dependencies, ContentHash package)
    {
        CallArgumentWriter arguments = t_arguments ?? new CallArgumentWriter();
        t_arguments = null;
        WriteContext w = serializer.Borrow(null);
        try
        {
            w.WritePrefix(Fingerprint);
            w.WriteBits(package);
            w.WriteCount(dependencies);
            WriteBlock(w, _heads.Of(invocation));
            if (invocation.PackedFunction is PackedFunction packed)
            {
                w.WriteCount(packed.Contained?.Length ?? 0);
                WriteBlock(w, packed.Delegate.ToBytes());
            }

            arguments.Begin(w);
            invocation.Write(arguments);
            if (arguments.References != dependencies)
            {
                throw new InvalidOperationException($"The call has {arguments.References} references among its arguments, its task {dependencies}.");
            }

            w.Finish();
            return ToArray(w);
        }
        catch (Exception e) when (e is not (InsufficientMemoryException or InvalidOperationException))
        {
            throw Serialization.Wire.Failure.Writing("call", w.Path, e);
        }
        finally
        {
            ValueSerializer.Return(w);
            arguments.End();
            t_arguments = arguments;
        }
    }

    /// <summary>The code that a call needs; <see cref="ContentHash.None"/>: what every node has.</summary>
    /// <exception cref="RaySerializationException">These bytes are no call.</exception>
    public static ContentHash PackageOf(ReadOnlySpan<byte> call) =>
        call.Length >= WireFormat.PrefixLength + ContentHash.Length && call[0] == WireFormat.Magic && call[1] == WireFormat.Version
        && BitConverter.ToUInt16(call[2..]) == Fingerprint
            ? System.Runtime.InteropServices.MemoryMarshal.Read<ContentHash>(call[WireFormat.PrefixLength..])
            : throw new RaySerializationException($"A call cannot be read: {call.Length} bytes without its prefix.");

    /// <summary>Reads a call; its bytes are not referenced afterwards.</summary>
    /// <param name="call">What <see cref="Encode"/> wrote.</param>
    /// <param name="inputs">This node's entries of the task's inputs, in their order.</param>
    /// <exception cref="RaySerializationException">The bytes are damaged, do not go with the inputs, or name code that is not here.</exception>
    public Invocation Decode(ArraySegment<byte> call, ObjectEntry[]? inputs)
    {
        ReadContext r = t_input ?? new ReadContext();
        t_input = null;
        CallArgumentReader reader = t_reader ?? new CallArgumentReader();
        t_reader = null;
        try
        {
            r.Begin(serializer, new ArraySource(call), null, Fingerprint, typeof(Invocation));
            r.ReadBits<ContentHash>();
            reader.Begin(r, _hold, inputs ?? [], r.ReadCount());
            Invocation invocation = Read(r, reader);
            reader.Finish();
            r.Finish();
            return invocation;
        }
        catch (Exception e) when (e is not InsufficientMemoryException)
        {
            throw Serialization.Wire.Failure.Reading("call", r.Path, e);
        }
        finally
        {
            r.Reset();
            reader.End();
            t_input = r;
            t_reader = reader;
        }
    }

    private Invocation Read(ReadContext r, CallArgumentReader reader)
    {
        CallHead head = _heads.Read(r.ReadBytes(r.ReadCount()));
        if (head.Function is { } function)
        {
            return head.Read(function, reader);
        }

        ObjectEntry[]? contained = reader.TakeContained();
        PackedDelegate packed = serializer.ReadPackedDelegate(r.ReadBytes(r.ReadCount()));
        Invocation invocation = head.Read(packed.Placeholder, reader);
        invocation.PackedFunction = new PackedFunction(packed, contained);
        return invocation;
    }

    private static void WriteBlock(WriteContext w, byte[] block)
    {
        w.WriteCount(block.Length);
        w.WriteBytes(block);
    }

    private static byte[] ToArray(WriteContext w)
    {
        if (!w.HasBuffers)
        {
            return w.ToArray();
        }

        using SerializedValue flat = w.Detach();
        return flat.ToArray();
    }
}
