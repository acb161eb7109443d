namespace RayOrleans.Core.Simulation;

/// <summary>How often something worth simulating happened; shows that the seeds reach it.</summary>
public sealed class Coverage
{
    private readonly Dictionary<string, long> _counts = [];

    public IReadOnlyDictionary<string, long> Counts => _counts;

    public void Hit(string what) => _counts[what] = _counts.GetValueOrDefault(what) + 1;

    /// <summary>Takes in what another world has reached; from any thread.</summary>
    public void Add(Coverage other)
    {
        lock (_counts)
        {
            foreach (KeyValuePair<string, long> item in other._counts)
            {
                _counts[item.Key] = _counts.GetValueOrDefault(item.Key) + item.Value;
            }
        }
    }
}
