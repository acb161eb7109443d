namespace RayOrleans;

/// <summary>Resources that a placement group reserves together on one node. Immutable, compared by content.</summary>
public sealed record Bundle
{
    private readonly OptionMap<double>? _resources;
    private readonly OptionMap<string>? _labelSelector;

    /// <summary>Makes a bundle; amounts are exact to 1/10,000.</summary>
    /// <param name="cpu">CPUs.</param>
    /// <param name="gpu">GPUs.</param>
    /// <param name="memory">Memory, in bytes.</param>
    /// <param name="resources">Other resources by name.</param>
    /// <param name="labelSelector">What the node's labels must be, by label.</param>
    /// <exception cref="ArgumentException">An amount is negative or finer than 1/10,000, a name has an own parameter, or nothing is asked for.</exception>
    public Bundle(
        double cpu = 0, double gpu = 0, long memory = 0, Dictionary<string, double>? resources = null, Dictionary<string, string>? labelSelector = null)
    {
        Cpu = OptionCheck.Amount(cpu, nameof(cpu));
        Gpu = OptionCheck.Amount(gpu, nameof(gpu));
        Memory = OptionCheck.Bytes(memory, nameof(memory));
        _resources = OptionCheck.Resources(resources, nameof(resources));
        _labelSelector = OptionCheck.Texts(labelSelector, nameof(labelSelector));
        if (cpu == 0 && gpu == 0 && memory == 0 && Resources.Values.All(amount => amount == 0))
        {
            throw new ArgumentException("The bundle asks for nothing; give it a CPU, a GPU, memory or a resource.");
        }
    }

    /// <summary>CPUs.</summary>
    public double Cpu { get; }

    /// <summary>GPUs.</summary>
    public double Gpu { get; }

    /// <summary>Memory, in bytes.</summary>
    public long Memory { get; }

    /// <summary>Other resources by name.</summary>
    public IReadOnlyDictionary<string, double> Resources => _resources ?? OptionMap<double>.Empty;

    /// <summary>What the node's labels must be, by label.</summary>
    public IReadOnlyDictionary<string, string> LabelSelector => _labelSelector ?? OptionMap<string>.Empty;
}
