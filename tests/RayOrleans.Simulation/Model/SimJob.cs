namespace RayOrleans.Core.Simulation;

/// <summary>A job and its driver.</summary>
internal sealed class SimJob(int number, JobRecord record)
{
    public int Number { get; } = number;

    public JobRecord Record { get; } = record;

    public Body Driver { get; set; } = null!;

    public bool Ended { get; set; }
}
