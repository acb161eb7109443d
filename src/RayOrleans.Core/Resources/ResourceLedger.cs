namespace RayOrleans.Core;

/// <summary>
/// The resources of a node (or of one bundle): what there is, what is granted. Amounts are exact.
/// Free CPU may be negative while woken attempts resume (PROTOCOL, "Blocking"); nothing that needs CPU starts until it is enough again.
/// </summary>
public sealed class ResourceLedger
{
    private readonly long[] _gpus;
    private readonly Dictionary<string, long> _customTotal;
    private readonly Dictionary<string, long> _customFree;

    /// <summary>Makes a ledger with everything free.</summary>
    /// <param name="total">What there is.</param>
    /// <param name="closedBecause">Why nothing may start on it yet; null: it may.</param>
    public ResourceLedger(ResourceShape total, string? closedBecause = null)
    {
        Total = total;
        ClosedBecause = closedBecause;
        FreeCpu = total.Cpu;
        FreeMemory = total.Memory;
        _gpus = new long[(int)((total.Gpu + ResourceAmount.One - 1) / ResourceAmount.One)];
        for (int i = 0; i < _gpus.Length; i++)
        {
            _gpus[i] = Math.Min(ResourceAmount.One, total.Gpu - (i * ResourceAmount.One));
        }

        _customTotal = total.Custom.ToDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal);
        _customFree = new(_customTotal, StringComparer.Ordinal);
    }

    /// <summary>What there is.</summary>
    public ResourceShape Total { get; }

    /// <summary>Why nothing may start on it now; null: it may. A reservation is closed until it is granted, and again once it is removed.</summary>
    public string? ClosedBecause { get; internal set; }

    /// <summary>Whether it never opens: it stands for a place that this node does not have.</summary>
    public bool IsNowhere { get; init; }

    /// <summary>Grants that end by themselves: those of tasks.</summary>
    internal int PassingGrants { get; private set; }

    /// <summary>Whether it was a reservation and is none any more.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>For a reservation: the node's devices it was granted.</summary>
    internal int[]? Devices { get; set; }

    /// <summary>Free CPU in 1/10,000; negative while attempts that were blocked resume.</summary>
    public long FreeCpu { get; private set; }

    /// <summary>Free memory in bytes.</summary>
    public long FreeMemory { get; private set; }

    /// <summary>Grants all the reservations out of these resources, or none.</summary>
    internal bool TryReserve(IReadOnlyList<ResourceLedger> reservations)
    {
        for (int i = 0; i < reservations.Count; i++)
        {
            if (!Fits(reservations[i].Total))
            {
                for (int j = 0; j < i; j++)
                {
                    Release(reservations[j].Total, reservations[j].Devices);
                }

                return false;
            }

            reservations[i].Devices = Acquire(reservations[i].Total);
            Keep();
        }

        foreach (ResourceLedger reservation in reservations)
        {
            reservation.ClosedBecause = null;
        }

        return true;
    }

    /// <summary>Whether the shape could ever be granted.</summary>
    public bool IsFeasible(ResourceShape shape)
    {
        if (IsNowhere || shape.Cpu > Total.Cpu || shape.Gpu > Total.Gpu || shape.Memory > Total.Memory)
        {
            return false;
        }

        foreach (KeyValuePair<string, long> item in shape.Custom)
        {
            if (_customTotal.GetValueOrDefault(item.Key) < item.Value)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the shape can be granted now.</summary>
    public bool Fits(ResourceShape shape)
    {
        if (ClosedBecause is not null || (shape.Cpu > 0 && FreeCpu < shape.Cpu))
        {
            return false;
        }

        return shape.IsCpuOnly || FitsRest(shape);
    }

    /// <summary>Whether the shape could be granted now if CPU were free.</summary>
    internal bool FitsButForCpu(ResourceShape shape) => shape.IsCpuOnly || FitsRest(shape);

    /// <summary>How many of the shape fit now, counting at most <paramref name="limit"/>, by CPU alone where more is needed.</summary>
    public int HowMany(ResourceShape shape, int limit)
    {
        if (!Fits(shape))
        {
            return 0;
        }

        if (!shape.IsCpuOnly)
        {
            return 1;
        }

        return shape.Cpu == 0 ? limit : (int)Math.Min(limit, FreeCpu / shape.Cpu);
    }

    /// <summary>Grants the shape. The caller has checked <see cref="Fits"/>.</summary>
    /// <returns>The ids of the GPU devices granted, or null.</returns>
    public int[]? Acquire(ResourceShape shape)
    {
        PassingGrants++;
        FreeCpu -= shape.Cpu;
        if (shape.IsCpuOnly)
        {
            return null;
        }

        FreeMemory -= shape.Memory;
        foreach (KeyValuePair<string, long> item in shape.Custom)
        {
            _customFree[item.Key] -= item.Value;
        }

        return shape.Gpu > 0 ? AcquireGpus(shape.Gpu) : null;
    }

    /// <summary>The grant last made stays for an unknown time: an actor's, or a reservation's.</summary>
    internal void Keep() => PassingGrants = Math.Max(0, PassingGrants - 1);

    /// <summary>The node's numbers of devices granted here.</summary>
    internal int[]? DevicesOf(int[]? gpus) => gpus is null || Devices is not { } devices ? gpus : [.. gpus.Select(g => devices[g])];

    /// <summary>Takes a grant back.</summary>
    /// <param name="shape">What was granted.</param>
    /// <param name="gpus">The devices that were granted with it.</param>
    /// <param name="withCpu">False when the CPU had been given back before.</param>
    public void Release(ResourceShape shape, int[]? gpus, bool withCpu = true)
    {
        PassingGrants = Math.Max(0, PassingGrants - 1);
        if (withCpu)
        {
            FreeCpu += shape.Cpu;
        }

        if (shape.IsCpuOnly)
        {
            return;
        }

        FreeMemory += shape.Memory;
        foreach (KeyValuePair<string, long> item in shape.Custom)
        {
            _customFree[item.Key] += item.Value;
        }

        if (gpus is not null)
        {
            long each = Math.Min(shape.Gpu, ResourceAmount.One);
            foreach (int gpu in gpus)
            {
                _gpus[gpu] += each;
            }
        }
    }

    /// <summary>Gives the CPU of a blocked attempt back.</summary>
    public void ReleaseCpu(ResourceShape shape) => FreeCpu += shape.Cpu;

    /// <summary>Takes the CPU of a woken attempt again, below zero if need be.</summary>
    public void ReacquireCpu(ResourceShape shape) => FreeCpu -= shape.Cpu;

    /// <summary>What is free now, by resource name; CPU debt shows as zero.</summary>
    public IReadOnlyDictionary<string, double> Free()
    {
        Dictionary<string, double> result = new(StringComparer.Ordinal)
        {
            ["CPU"] = ResourceAmount.ToDouble(Math.Max(0, FreeCpu)),
        };
        if (Total.Gpu > 0)
        {
            result["GPU"] = ResourceAmount.ToDouble(_gpus.Sum());
        }

        if (Total.Memory > 0)
        {
            result["memory"] = FreeMemory;
        }

        foreach (KeyValuePair<string, long> item in _customFree)
        {
            result[item.Key] = ResourceAmount.ToDouble(item.Value);
        }

        return result;
    }

    /// <summary>What is free, as a shape.</summary>
    public ResourceShape FreeShape() => new(
        Math.Max(0, FreeCpu), _gpus.Length == 0 ? 0 : _gpus.Sum() / ResourceAmount.One * ResourceAmount.One, Math.Max(0, FreeMemory), _customFree);

    private bool FitsRest(ResourceShape shape)
    {
        if (FreeMemory < shape.Memory)
        {
            return false;
        }

        foreach (KeyValuePair<string, long> item in shape.Custom)
        {
            if (_customFree.GetValueOrDefault(item.Key) < item.Value)
            {
                return false;
            }
        }

        return shape.Gpu == 0 || FitsGpu(shape.Gpu);
    }

    private bool FitsGpu(long amount)
    {
        if (amount < ResourceAmount.One)
        {
            return _gpus.Any(free => free >= amount);
        }

        return _gpus.Count(free => free == ResourceAmount.One) >= amount / ResourceAmount.One;
    }

    private int[] AcquireGpus(long amount)
    {
        if (amount < ResourceAmount.One)
        {
            // Best fit keeps whole devices free for those who need whole ones.
            int best = -1;
            for (int i = 0; i < _gpus.Length; i++)
            {
                if (_gpus[i] >= amount && (best < 0 || _gpus[i] < _gpus[best]))
                {
                    best = i;
                }
            }

            _gpus[best] -= amount;
            return [best];
        }

        int count = (int)(amount / ResourceAmount.One);
        int[] ids = new int[count];
        int found = 0;
        for (int i = 0; i < _gpus.Length && found < count; i++)
        {
            if (_gpus[i] == ResourceAmount.One)
            {
                _gpus[i] = 0;
                ids[found++] = i;
            }
        }

        return ids;
    }
}
