namespace RayOrleans.Silo.Jobs;

/// <summary>The next bytes of what a program wrote.</summary>
/// <param name="Output">Of its standard output.</param>
/// <param name="Errors">Of its standard error.</param>
/// <param name="Job">How it is, as <see cref="SubmittedJob.ToJson"/>; looked at before its output was read.</param>
internal sealed record JobOutput(byte[] Output, byte[] Errors, byte[] Job)
{
    /// <summary>Whether there was nothing more to read.</summary>
    public bool IsEmpty => Output.Length == 0 && Errors.Length == 0;
}
