using System.Security.Cryptography;
using System.Text;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Processes.TestSilo;

/// <summary>Answers a batch with itself, a large one with its hash, an empty one with who it is; keeps what it was told, in order.</summary>
internal class EchoParty(string name) : IClusterParty
{
    private readonly List<string> _notes = [];
    private long _ticks;
    private int _inside;

    public long Ticks => Interlocked.Read(ref _ticks);

    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (_notes)
            {
                return [.. _notes];
            }
        }
    }

    public static byte[] AnswerTo(ReadOnlySpan<byte> batch) => batch.Length <= ClusterLimits.MaxBatchBytes ? batch.ToArray() : SHA256.HashData(batch);

    public ValueTask<byte[]> OnBatchAsync(ReadOnlyMemory<byte> batch) => new(batch.IsEmpty ? Encoding.UTF8.GetBytes(name) : AnswerTo(batch.Span));

    public void OnMemberChanged(in MemberChange change)
    {
        if (Interlocked.Exchange(ref _inside, 1) != 0)
        {
            Note("overlap");
        }

        Note($"{(change.IsAlive ? '+' : '-')}{change.Member.NodeId}@{change.Member.DataEndPoint?.Port ?? 0}");
        Volatile.Write(ref _inside, 0);
    }

    public void Tick() => Interlocked.Increment(ref _ticks);

    public void Note(string text)
    {
        lock (_notes)
        {
            _notes.Add(text);
        }
    }
}
