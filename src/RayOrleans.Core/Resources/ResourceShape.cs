using System.Globalization;

namespace RayOrleans.Core;

/// <summary>What one attempt needs while it runs: an immutable vector of resources, compared by value.</summary>
public sealed class ResourceShape : IEquatable<ResourceShape>
{
    private readonly int _hash;

    /// <summary>Makes a shape; amounts are in 1/10,000.</summary>
    /// <param name="cpu">CPU, given back while an attempt is blocked.</param>
    /// <param name="gpu">GPU; whole devices, or a share of one.</param>
    /// <param name="memory">Bytes reserved for scheduling.</param>
    /// <param name="custom">Other resources by name; zero amounts are dropped.</param>
    public ResourceShape(long cpu, long gpu = 0, long memory = 0, IReadOnlyDictionary<string, long>? custom = null)
    {
        if (gpu > ResourceAmount.One && gpu % ResourceAmount.One != 0)
        {
            throw new ArgumentException("numGpus: above one GPU only whole devices can be asked for.", nameof(gpu));
        }

        Cpu = cpu;
        Gpu = gpu;
        Memory = memory;
        Custom = custom is null
            ? []
            : [.. custom.Where(c => c.Value > 0).OrderBy(c => c.Key, StringComparer.Ordinal)];
        IsCpuOnly = gpu == 0 && memory == 0 && Custom.Length == 0;
        HashCode hash = default;
        hash.Add(cpu);
        hash.Add(gpu);
        hash.Add(memory);
        foreach (KeyValuePair<string, long> item in Custom)
        {
            hash.Add(item.Key, StringComparer.Ordinal);
            hash.Add(item.Value);
        }

        _hash = hash.ToHashCode();
    }

    /// <summary>One CPU: what a task needs unless told otherwise.</summary>
    public static ResourceShape OneCpu { get; } = new(ResourceAmount.One);

    /// <summary>Nothing.</summary>
    public static ResourceShape Zero { get; } = new(0);

    /// <summary>CPU in 1/10,000.</summary>
    public long Cpu { get; }

    /// <summary>GPU in 1/10,000.</summary>
    public long Gpu { get; }

    /// <summary>Memory in bytes.</summary>
    public long Memory { get; }

    /// <summary>Other resources, sorted by name, none zero.</summary>
    public KeyValuePair<string, long>[] Custom { get; }

    /// <summary>Whether only CPU is needed.</summary>
    public bool IsCpuOnly { get; }

    /// <inheritdoc/>
    public bool Equals(ResourceShape? other) =>
        other is not null && (ReferenceEquals(this, other)
        || (_hash == other._hash && Cpu == other.Cpu && Gpu == other.Gpu && Memory == other.Memory && Custom.AsSpan().SequenceEqual(other.Custom)));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ResourceShape);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>The amounts by resource name, as users know them.</summary>
    public IReadOnlyDictionary<string, double> ToDictionary()
    {
        Dictionary<string, double> result = new(StringComparer.Ordinal);
        if (Cpu > 0)
        {
            result["CPU"] = ResourceAmount.ToDouble(Cpu);
        }

        if (Gpu > 0)
        {
            result["GPU"] = ResourceAmount.ToDouble(Gpu);
        }

        if (Memory > 0)
        {
            result["memory"] = Memory;
        }

        foreach (KeyValuePair<string, long> item in Custom)
        {
            result[item.Key] = ResourceAmount.ToDouble(item.Value);
        }

        return result;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        "{" + string.Join(", ", ToDictionary().Select(i => string.Create(CultureInfo.InvariantCulture, $"{i.Key}: {i.Value}"))) + "}";
}
