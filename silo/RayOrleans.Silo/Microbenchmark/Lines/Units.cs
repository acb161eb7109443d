namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>What figures count.</summary>
internal static class Units
{
    public const string Tasks = "tasks/s";
    public const string Calls = "calls/s";
    public const string Records = "records/s";
    public const string Puts = "puts/s";
    public const string Gets = "gets/s";
    public const string Rounds = "rounds/s";
    public const string Gigabytes = "GB/s";
    public const string Seconds = "s";
    public const string Milliseconds = "ms";
    public const string BytesPerTask = "bytes/task";
    public const string BytesPerObject = "bytes/object";
    public const string Percent = "%";
}
