namespace RayOrleans.Grains;

/// <summary>What the failure detector knows of one silo. Written by its thread and by answers.</summary>
internal sealed class PeerHealth(long now)
{
    private long _lastAnswer = now;
    private int _asking;

    /// <summary>When a heartbeat was last answered, or when the silo was first seen.</summary>
    public long LastAnswer
    {
        get => Volatile.Read(ref _lastAnswer);
        set => Volatile.Write(ref _lastAnswer, value);
    }

    /// <summary>Whether its eviction was asked for, and when.</summary>
    public long? Reported { get; set; }

    public bool TryBeginAsking() => Interlocked.Exchange(ref _asking, 1) == 0;

    public void EndAsking() => Volatile.Write(ref _asking, 0);
}
