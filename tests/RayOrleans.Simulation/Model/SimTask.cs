namespace RayOrleans.Core.Simulation;

/// <summary>What an observer knows of one task.</summary>
internal sealed class SimTask(int number) : SimObject(number)
{
    public TaskRecord Record { get; set; } = null!;

    public required TaskKind Kind { get; init; }

    public required SimJob Job { get; init; }

    /// <summary>The body that submitted it; null for the driver's.</summary>
    public Body? Parent { get; init; }

    public SimObject[] Inputs { get; set; } = [];

    public int Dependencies { get; set; }

    public bool SpecCounted { get; set; }

    public SimObject[] Parts { get; set; } = [];

    public SimActor? Actor { get; init; }

    public int Lane { get; init; }

    /// <summary>The lowest actor that its body may use.</summary>
    public int Floor { get; init; }

    public ResourceShape Shape => Record.Options.Shape;

    /// <summary>The body whose result counts; null while none runs.</summary>
    public Body? Running { get; set; }

    /// <summary>Failures, kills and losses that counted against the retries.</summary>
    public int Used { get; set; }

    public bool EverStarted { get; set; }

    /// <summary>The terminal state observed; null while it has not ended.</summary>
    public TaskState? Ended { get; set; }

    /// <summary>Whether it ran again for a result that was lost; it belongs to no attempt then.</summary>
    public bool WasReopened { get; set; }

    /// <summary>Whether the hold made by its submission is still there.</summary>
    public bool SubmitterHold { get; set; }

    public bool IsStream { get; init; }

    /// <summary>Items accepted so far, in order.</summary>
    public List<SimObject> Items { get; } = [];

    public int ItemsTaken { get; set; }

    public bool StreamAbandoned { get; set; }

    /// <summary>Distance from the driver.</summary>
    public int Depth => Parent?.Task is { } parent ? parent.Depth + 1 : 0;

    public bool MayRetry => Record.Options.MaxRetries < 0 || Used < Record.Options.MaxRetries;

    /// <summary>Whether it runs again for a result that was lost; of calls those whose actor may be started anew, and that may be repeated.</summary>
    public bool IsMadeAgain => Kind == TaskKind.Normal || (Kind == TaskKind.ActorCall && !IsStream && Record.Options.MaxRetries != 0 && Actor!.Options.MaxRestarts != 0);

    public bool HasExtraHolds => Holds > (SubmitterHold ? 1 : 0);

    public bool IsDescendantOf(SimTask ancestor)
    {
        for (SimTask? at = this; at is not null; at = at.Parent?.Task)
        {
            if (at == ancestor)
            {
                return true;
            }
        }

        return false;
    }

    public bool IsBelow(Body body)
    {
        for (Body? at = Parent; at is not null; at = at.Task?.Parent)
        {
            if (at == body)
            {
                return true;
            }
        }

        return false;
    }
}
