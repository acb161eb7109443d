namespace RayOrleans.Core;

/// <summary>
/// What a driver is shown of the lines of its tasks, from all nodes: the same line from several processes once, and after a while how often it came; of a flood a part,
/// and how many lines are missing. Every line that came is shown, counted as a repeat or counted as dropped, once. Pure; not thread-safe.
/// </summary>
/// <param name="options">How much is shown.</param>
public sealed class OutputFilter(OutputOptions options)
{
    private readonly OutputLimit _limit = new(options);
    private readonly Dictionary<(string? Function, bool IsError, string Text), Remembered> _remembered = [];
    private readonly Queue<Remembered> _byAge = new();
    private long _dropped;
    private long? _saidDropped;

    /// <summary>A line has come.</summary>
    /// <param name="line">The line.</param>
    /// <param name="now">The time.</param>
    /// <param name="shown">Gets what is to be shown now.</param>
    public void Take(in OutputLine line, long now, List<ShownLine> shown)
    {
        Expire(now, all: false, shown);
        if (_remembered.TryGetValue((line.Function, line.IsError, line.Text), out Remembered? same))
        {
            // What one process alone says again and again it means to say.
            same.IsShared |= (line.Node, line.ProcessId) != (same.Line.Node, same.Line.ProcessId);
            if (same.IsShared)
            {
                same.Repeats++;
                return;
            }
        }
        else if (_remembered.Count < options.MaxRemembered)
        {
            Remembered first = new(line, now);
            _remembered[first.Key] = first;
            _byAge.Enqueue(first);
        }

        Show(new ShownLine(line, 0, 0), 1, now, shown);
    }

    /// <summary>Lines that did not get here.</summary>
    /// <param name="count">How many.</param>
    public void Drop(long count) => _dropped += count;

    /// <summary>Shows what is due. To be called a few times a second.</summary>
    /// <param name="now">The time.</param>
    /// <param name="all">Whether everything that is left is due: nothing more comes.</param>
    /// <param name="shown">Gets what is to be shown now.</param>
    public void Flush(long now, bool all, List<ShownLine> shown)
    {
        Expire(now, all, shown);
        if (_dropped > 0 && (all || _saidDropped is not { } said || now - said >= options.SecondTicks))
        {
            // At most one a second, so it needs no room of its own.
            shown.Add(new ShownLine(default, 0, _dropped));
            _dropped = 0;
            _saidDropped = now;
        }
    }

    private void Expire(long now, bool all, List<ShownLine> shown)
    {
        while (_byAge.TryPeek(out Remembered? oldest) && (all || now - oldest.Since >= options.RepeatTicks))
        {
            _byAge.Dequeue();
            _remembered.Remove(oldest.Key);
            if (oldest.Repeats > 0)
            {
                Show(new ShownLine(oldest.Line, oldest.Repeats, 0), oldest.Repeats, now, shown);
            }
        }
    }

    private void Show(in ShownLine line, int stands, long now, List<ShownLine> shown)
    {
        if (_limit.TryTake(now))
        {
            shown.Add(line);
        }
        else
        {
            _dropped += stands;
        }
    }

    private sealed class Remembered(OutputLine line, long since)
    {
        public OutputLine Line => line;

        public (string? Function, bool IsError, string Text) Key => (line.Function, line.IsError, line.Text);

        public long Since => since;

        public int Repeats { get; set; }

        public bool IsShared { get; set; }
    }
}
