namespace RayOrleans;

/// <summary>Finds the runtime the static façade means: the executing task's, else the async flow's, else the process default.</summary>
internal static class RayAmbient
{
    private static readonly AsyncLocal<IRay?> Flow = new();
    private static readonly Lock Gate = new();
    private static IRay[] s_defaults = [];

    /// <summary>Starts an embedded or attached runtime; set by the package that holds the implementation.</summary>
    public static Func<RayOptions, CancellationToken, Task<IRay>>? Starter { get; set; }

    /// <summary>The runtime of this async flow; set per executing task and by <c>Ray.Use</c>.</summary>
    public static IRay? Current
    {
        get => Flow.Value;
        set => Flow.Value = value;
    }

    /// <summary>The runtime that the static façade uses here.</summary>
    /// <exception cref="RayNotInitializedException">There is none.</exception>
    /// <exception cref="InvalidOperationException">There are several defaults and no flow of its own.</exception>
    public static IRay Required => Flow.Value ?? RequireDefault();

    /// <summary>Whether <see cref="Required"/> would find a runtime.</summary>
    public static bool IsAvailable => Flow.Value is not null || s_defaults.Length == 1;

    /// <summary>Makes a runtime a process default. Idempotent.</summary>
    public static void AddDefault(IRay ray)
    {
        lock (Gate)
        {
            if (!s_defaults.Contains(ray))
            {
                s_defaults = [.. s_defaults, ray];
            }
        }
    }

    /// <summary>Takes a runtime out of the process defaults: a runtime does so when it is disposed. Idempotent.</summary>
    public static void RemoveDefault(IRay ray)
    {
        lock (Gate)
        {
            s_defaults = [.. s_defaults.Where(r => !ReferenceEquals(r, ray))];
        }
    }

    private static IRay RequireDefault()
    {
        IRay[] defaults = s_defaults;
        return defaults.Length switch
        {
            1 => defaults[0],
            0 => throw new RayNotInitializedException(),
            _ => throw new InvalidOperationException(
                $"{defaults.Length} runtimes were started in this process, so the static Ray cannot know which one is meant. " +
                "Call the members on the IRay that InitAsync returned, or open a scope: using (Ray.Use(ray)) { ... }."),
        };
    }
}
