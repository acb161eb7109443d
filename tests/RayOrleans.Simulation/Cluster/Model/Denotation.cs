namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>What an object's value must be, known from the program alone: every run of the program's code makes an equal one.</summary>
internal sealed class Denotation(ulong number, Denotation[] contained, long size, bool isFault)
{
    public ulong Number { get; } = number;

    /// <summary>What the references inside stand for.</summary>
    public Denotation[] Contained { get; } = contained;

    public long Size { get; } = size;

    /// <summary>Whether there is no value, because its code fails or uses one that does.</summary>
    public bool IsFault { get; } = isFault;

    /// <summary>Whether it is an actor's handle, which is passed on and called, never read.</summary>
    public bool IsActor { get; init; }

    /// <summary>The number of a part of a tuple.</summary>
    public static ulong PartNumber(ulong result, int at) => Mix(0x2000UL + (ulong)at, result);

    /// <summary>The number of an item of a stream.</summary>
    public static ulong ItemNumber(ulong result, int at) => Mix(0x3000UL + (ulong)at, result);

    /// <summary>Mixes a number that stood at a certain place into a result.</summary>
    public static ulong Mix(ulong at, ulong number)
    {
        ulong z = (at * 0x9E3779B97F4A7C15UL) ^ number;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
