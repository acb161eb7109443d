namespace RayOrleans.Runtime.Tests;

/// <summary>A synchronous actor with streams.</summary>
public sealed class StreamSourceActor
{
    public IEnumerable<int> Count(int count) => Enumerable.Range(0, count);

    public IEnumerable<int> StopAfter(int count, string gate)
    {
        for (int i = 0; i <= count; i++)
        {
            if (i == count)
            {
                Signal.Of(gate + ".running").Set();
                Signal.Of(gate).Wait();
            }

            yield return i;
        }
    }
}
