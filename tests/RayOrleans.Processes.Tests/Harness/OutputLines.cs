namespace RayOrleans.Processes.Tests.Harness;

/// <summary>The lines that a process has written so far, and a way to wait for one. Thread-safe.</summary>
internal sealed class OutputLines
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the process has closed the stream.</summary>
    public bool Ended { get; private set; }

    public string All
    {
        get
        {
            lock (_lock)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>A line, or the end of the stream where it is null.</summary>
    public void Add(string? line)
    {
        TaskCompletionSource more;
        lock (_lock)
        {
            if (line is null)
            {
                Ended = true;
            }
            else
            {
                _lines.Add(line);
            }

            more = _more;
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        more.SetResult();
    }

    /// <summary>The first line that fits from a position on, with the position after it; null when the stream ended without one.</summary>
    public async Task<(string Line, int Next)?> FindAsync(Func<string, bool> fits, int from, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task more;
            lock (_lock)
            {
                int found = _lines.FindIndex(Math.Min(from, _lines.Count), l => fits(l));
                if (found >= 0)
                {
                    return (_lines[found], found + 1);
                }

                if (Ended)
                {
                    return null;
                }

                more = _more.Task;
            }

            await more.WaitAsync(cancellationToken);
        }
    }
}
