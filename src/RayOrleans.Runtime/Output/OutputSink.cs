using RayOrleans.Core;

namespace RayOrleans.Runtime.Output;

/// <summary>At a driver's node: what the driver is shown of its job's lines. Thread-safe.</summary>
/// <param name="options">How much it is shown.</param>
/// <param name="nameOf">What people call a node.</param>
/// <param name="show">Takes lines, and says how many it could take. Does not block.</param>
internal sealed class OutputSink(OutputOptions options, Func<NodeId, string> nameOf, Func<IReadOnlyList<OutputText>, int> show)
{
    private readonly Lock _lock = new();
    private readonly OutputFilter _filter = new(options);
    private readonly List<ShownLine> _shown = [];

    public void Take(IReadOnlyList<OutputLine> lines, long dropped, long now)
    {
        lock (_lock)
        {
            _filter.Drop(dropped);
            foreach (OutputLine line in lines)
            {
                _filter.Take(line, now, _shown);
            }

            Show_NeedsLock();
        }
    }

    public void Flush(long now, bool all)
    {
        lock (_lock)
        {
            _filter.Flush(now, all, _shown);
            Show_NeedsLock();
        }
    }

    private void Show_NeedsLock()
    {
        if (_shown.Count == 0)
        {
            return;
        }

        int taken = show(_shown.ConvertAll(s => OutputText.Of(s, nameOf)));
        for (; taken < _shown.Count; taken++)
        {
            _filter.Drop(Math.Max(Math.Max(_shown[taken].Dropped, _shown[taken].Repeats), 1));
        }

        _shown.Clear();
    }
}
