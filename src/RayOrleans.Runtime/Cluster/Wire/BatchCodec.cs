using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>
/// Batches of links and their answers as bytes: kind, format, the link's ends, epochs and number, the messages. Thread-safe.
/// Two writers of the same batch give the same bytes. Reading trusts nothing: damage of any sort is a <see cref="CorruptBatchException"/>.
/// </summary>
/// <param name="payloads">The form of what is opaque.</param>
internal sealed class BatchCodec(IPayloadWire payloads)
{
    /// <summary>The version of the form; others are refused.</summary>
    public const byte Format = 1;

    /// <summary>The most bytes that are read as one batch.</summary>
    public const int MaxBytes = 64 << 20;

    private const byte FromShard = 1;
    private const byte ToShard = 2;

    /// <summary>A batch as a request.</summary>
    public byte[] Encode(Batch batch)
    {
        WireWriter w = WireWriter.Borrow();
        try
        {
            w.Byte((byte)RequestKind.Batch);
            w.Byte(Format);
            w.Byte((byte)((batch.From.IsShard ? FromShard : 0) | (batch.To.IsShard ? ToShard : 0)));
            WriteParty(w, batch.From);
            w.Int(batch.FromEpoch);
            WriteParty(w, batch.To);
            w.Int(batch.ToEpoch);
            w.Int(batch.Number);
            IReadOnlyList<Message> messages = batch.Messages;
            w.Count(messages.Count);
            for (int i = 0; i < messages.Count; i++)
            {
                MessageWriter.Write(w, payloads, messages[i]);
            }

            return w.ToArray();
        }
        finally
        {
            WireWriter.Return(w);
        }
    }

    /// <summary>A reference by itself, as it is kept under a name.</summary>
    public byte[] EncodeReference(RemoteRef reference)
    {
        WireWriter w = WireWriter.Borrow();
        try
        {
            w.Byte(Format);
            RefWire.Write(w, payloads, reference);
            return w.ToArray();
        }
        finally
        {
            WireWriter.Return(w);
        }
    }

    /// <summary>Reads what <see cref="EncodeReference"/> wrote.</summary>
    /// <exception cref="CorruptBatchException">The bytes are damaged, or of another version.</exception>
    public RemoteRef DecodeReference(ReadOnlyMemory<byte> bytes)
    {
        WireReader r = new(bytes);
        CheckFormat(ref r);
        RemoteRef reference = RefWire.Read(ref r, payloads);
        r.Finish();
        return reference;
    }

    /// <summary>Reads a request of kind <see cref="RequestKind.Batch"/>.</summary>
    /// <exception cref="CorruptBatchException">The bytes are damaged, or of another version.</exception>
    public Batch Decode(ReadOnlyMemory<byte> request)
    {
        if (request.Length > MaxBytes)
        {
            throw new CorruptBatchException($"A batch of {request.Length} bytes; at most {MaxBytes} are read.");
        }

        WireReader r = new(request);
        if (r.Byte() != (byte)RequestKind.Batch)
        {
            throw r.Corrupt("this is no batch");
        }

        CheckFormat(ref r);
        byte ends = r.Byte();
        if (ends > (FromShard | ToShard))
        {
            throw r.Corrupt("an unknown sort of link");
        }

        Party from = ReadParty(ref r, (ends & FromShard) != 0);
        long fromEpoch = r.Long();
        Party to = ReadParty(ref r, (ends & ToShard) != 0);
        long toEpoch = r.Long();
        long number = r.Long();
        Message[] messages = new Message[r.Count(1)];
        for (int i = 0; i < messages.Length; i++)
        {
            messages[i] = MessageReader.Read(ref r, payloads);
        }

        r.Finish();
        return new Batch(from, fromEpoch, to, toEpoch, number, messages);
    }

    /// <summary>An answer.</summary>
    public static byte[] EncodeAnswer(BatchAnswer answer)
    {
        WireWriter w = WireWriter.Borrow();
        w.Byte(Format);
        w.Byte((byte)answer.Kind);
        w.Int(answer.Epoch);
        byte[] bytes = w.ToArray();
        WireWriter.Return(w);
        return bytes;
    }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="CorruptBatchException">The bytes are damaged, or of another version.</exception>
    public static BatchAnswer DecodeAnswer(ReadOnlyMemory<byte> bytes)
    {
        WireReader r = new(bytes);
        CheckFormat(ref r);
        BatchAnswer answer = new(r.Enum<BatchVerdict>(), r.Long());
        r.Finish();
        return answer;
    }

    /// <summary>Reads the byte that tells the version.</summary>
    internal static void CheckFormat(ref WireReader r)
    {
        byte format = r.Byte();
        if (format != Format)
        {
            throw r.Corrupt($"format {format}, where {Format} is read");
        }
    }

    private static void WriteParty(WireWriter w, Party party)
    {
        if (party.IsShard)
        {
            w.Count(party.Shard);
        }
        else
        {
            w.Node(party.Node);
        }
    }

    private static Party ReadParty(ref WireReader r, bool isShard)
    {
        if (!isShard)
        {
            NodeId node = r.Node();
            return node != NodeId.None ? Party.Of(node) : throw r.Corrupt("a node is missing");
        }

        ulong shard = r.UInt();
        return shard <= int.MaxValue ? Party.OfShard((int)shard) : throw r.Corrupt("no such shard");
    }
}
