namespace RayOrleans.Silo.Figures.Flushing;

/// <summary>No-op tasks, and one that is given references to all of them.</summary>
internal sealed class Round : IDisposable
{
    /// <summary>How many tasks it is.</summary>
    public const int Tasks = NoOps + 1;

    private const int NoOps = 63;

    private readonly long _number;
    private readonly ObjectRef<long>[] _noOps;
    private readonly ObjectRef<int> _counted;

    public Round(RemoteOptions where, long number)
    {
        _number = number;
        _noOps = [.. Enumerable.Range(0, NoOps).Select(i => where.Remote(NoOp, number + i))];
        _counted = where.Remote(Count, new List<ObjectRef<long>>(_noOps));
    }

    /// <summary>The task.</summary>
    public static long NoOp(long value) => value;

    /// <summary>A task that knows of others without waiting for them.</summary>
    public static int Count(List<ObjectRef<long>> references)
    {
        references.ForEach(static reference => reference.Dispose());
        return references.Count;
    }

    /// <summary>Waits for its tasks, and says what is wrong with a result; null: nothing.</summary>
    public string? WhatIsWrong(IRay ray)
    {
        int counted = ray.Get(_counted);
        for (int i = 0; i < NoOps; i++)
        {
            long value = ray.Get(_noOps[i]);
            if (value != _number + i)
            {
                return $"task {i} of round {_number} gave {value}";
            }
        }

        return counted == NoOps ? null : $"round {_number} counted {counted}";
    }

    public void Dispose()
    {
        Array.ForEach(_noOps, static reference => reference.Dispose());
        _counted.Dispose();
    }
}
