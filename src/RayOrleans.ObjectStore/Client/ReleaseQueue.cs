using System.Buffers.Binary;

namespace RayOrleans.ObjectStore;

/// <summary>Pins to be released, gathered into few frames. Thread-safe.</summary>
internal sealed class ReleaseQueue
{
    private const int MostInFrame = 8192;

    private readonly Lock _gate = new();
    private readonly List<uint> _disposed = [];
    private readonly List<uint> _collected = [];
    private ClientHold? _found;
    private int _count;

    public bool IsEmpty => Volatile.Read(ref _count) == 0 && Volatile.Read(ref _found) is null;

    /// <summary>Adds a pin; true when it is the first.</summary>
    public bool Add(uint number, bool collected)
    {
        lock (_gate)
        {
            (collected ? _collected : _disposed).Add(number);
            int count = _count + 1;
            Volatile.Write(ref _count, count);
            return count == 1;
        }
    }

    /// <summary>Adds what the collector found, without a lock; true when it is the first.</summary>
    public bool Add(ClientHold hold)
    {
        while (true)
        {
            ClientHold? first = Volatile.Read(ref _found);
            hold.NextCollected = first;
            if (Interlocked.CompareExchange(ref _found, hold, first) == first)
                return first is null;
        }
    }

    /// <summary>What the collector has found since the last call, linked.</summary>
    public ClientHold? TakeFound() => Volatile.Read(ref _found) is null ? null : Interlocked.Exchange(ref _found, null);

    /// <summary>Appends the releases gathered so far.</summary>
    public void AppendTo(FrameOutput output)
    {
        if (Volatile.Read(ref _count) == 0)
            return;
        lock (_gate)
        {
            Append(output, _disposed, 0);
            Append(output, _collected, ReleaseFlags.Finalized);
            Volatile.Write(ref _count, 0);
        }
    }

    private static void Append(FrameOutput output, List<uint> numbers, byte flags)
    {
        for (int at = 0; at < numbers.Count; at += MostInFrame)
        {
            byte[] body = new byte[Math.Min(MostInFrame, numbers.Count - at) * sizeof(uint)];
            for (int i = 0; i < body.Length; i += sizeof(uint))
                BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(i), numbers[at + (i / sizeof(uint))]);
            output.Append(FrameKind.Release, flags, AnswerShape.Nothing, 0, body);
        }

        numbers.Clear();
    }
}
