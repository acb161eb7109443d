namespace RayOrleans.Runtime.Output;

/// <summary>The log file of one stream of a worker process: <c>worker-JOB-PID.out</c> or <c>.err</c>, and when that is full the one before as <c>.1</c>. Used by one thread at a time.</summary>
internal sealed class WorkerLog(WorkerLogs logs, string extension) : IDisposable
{
    private StreamWriter? _file;
    private string? _name;
    private long _bytes;

    /// <summary>Adds a line.</summary>
    /// <param name="job">The job that the process works for; null: none yet.</param>
    /// <param name="processId">The process.</param>
    /// <param name="function">The function that has written it, if that is known.</param>
    /// <param name="text">The line.</param>
    public void Write(JobId? job, int processId, string? function, string text)
    {
        string name = job is { } known ? $"worker-{known}-{processId}.{extension}" : $"worker-spare-{processId}.{extension}";
        if (name != _name || _bytes >= WorkerLogs.FileBytes)
        {
            _file?.Dispose();
            _file = logs.Open(name);
            _name = name;
            _bytes = 0;
        }

        string line = function is null ? text : $"({function}) {text}";
        _bytes += line.Length + 1;
        try
        {
            _file?.WriteLine(line);
        }
        catch (IOException)
        {
            // The disk is full: the next file is tried when this one would have been.
            _file?.Dispose();
            _file = null;
        }
    }

    public void Dispose() => _file?.Dispose();
}
