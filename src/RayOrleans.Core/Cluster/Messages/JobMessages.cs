namespace RayOrleans.Core;

/// <summary>
/// To the job table: a job that the sender runs, has ended, or has met work of. From then on the sender is told when it ends. Repeating it changes nothing.
/// </summary>
/// <param name="Report">What the sender knows of it.</param>
public sealed record JobMessage(JobReport Report) : Message
{
    /// <inheritdoc/>
    public override int Bytes => Report.Bytes;
}

/// <summary>From the job table: how a job is. To its driver's node with the status unknown: the question how it is, which is answered by <see cref="JobMessage"/>.</summary>
/// <param name="Report">What the table knows.</param>
public sealed record JobStateMessage(JobReport Report) : Message
{
    /// <inheritdoc/>
    public override int Bytes => Report.Bytes;
}
