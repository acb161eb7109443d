using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Gcs.Lineage;

/// <summary>
/// Where a shard puts the specs of finished tasks that it lets go from memory: scratch files of this process. They make nothing durable, which the journal does, and an activation that follows writes its own.
/// A file goes with its last spec; files of which little is needed any more are emptied, so they take at most twice what is needed and two files' size. Thread-safe.
/// </summary>
/// <param name="folder">The folder of the files.</param>
/// <param name="segmentBytes">About how long a file becomes, in bytes.</param>
internal sealed class SpecFiles(string folder, long segmentBytes = 16 << 20) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<SpecSegment> _segments = [];
    private SpecSegment? _open;
    private bool _isDisposed;

    /// <summary>What the files take, in bytes.</summary>
    public long FileBytes
    {
        get
        {
            lock (_lock)
            {
                return _segments.Sum(static s => s.Length);
            }
        }
    }

    /// <summary>What of them is needed, in bytes.</summary>
    public long LiveBytes
    {
        get
        {
            lock (_lock)
            {
                return _segments.Sum(static s => s.LiveBytes);
            }
        }
    }

    /// <summary>Stores specs.</summary>
    /// <exception cref="IOException">They could not be stored, none of them.</exception>
    /// <exception cref="UnauthorizedAccessException">There may be no file in that folder.</exception>
    public IReadOnlyList<StoredSpec> Store(IReadOnlyList<TaskSpec> specs)
    {
        List<(FileSpec Spec, byte[] Bytes)> written = new(specs.Count);
        foreach (TaskSpec spec in specs)
        {
            // Each for itself, because each is read for itself.
            WireWriter w = WireWriter.Borrow();
            SpecWire.Write(w, OpaquePayloadWire.Instance, spec);
            written.Add((new FileSpec(this), WireForm.Finish(w)));
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            Open().Write(written);
            TryEmpty();
        }

        return [.. written.Select(static w => w.Spec)];
    }

    /// <summary>Reads a spec's bytes.</summary>
    public byte[] Read(FileSpec spec)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return (spec.Segment ?? throw new InvalidOperationException("A spec that nobody needs is read.")).Read(spec);
        }
    }

    /// <summary>Nobody needs a spec any more.</summary>
    public void Release(FileSpec spec)
    {
        lock (_lock)
        {
            if (spec.Segment is { } segment)
            {
                spec.Leave();
                Drop(segment);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _segments.ForEach(static s => s.Dispose());
            _segments.Clear();
            _open = null;
        }
    }

    private SpecSegment Open()
    {
        if (_open is null || _open.Length >= segmentBytes)
        {
            _open = new SpecSegment(folder);
            _segments.Add(_open);
        }

        return _open;
    }

    private void TryEmpty()
    {
        try
        {
            Empty();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // What is needed lies where it was, and can be read there; it is tried again with the next specs.
        }
    }

    /// <summary>Moves what is needed out of the file with the least of it, while files take too much.</summary>
    private void Empty()
    {
        HashSet<SpecSegment> unread = [];
        while (_segments.Sum(static s => s.Length) > (2 * _segments.Sum(static s => s.LiveBytes)) + (2 * segmentBytes)
            && _segments.Where(s => s != _open && !unread.Contains(s)).MinBy(static s => s.LiveBytes) is { } emptied)
        {
            List<(FileSpec Spec, byte[] Bytes)> moved;
            try
            {
                moved = [.. emptied.Live.Select(s => (s, emptied.Read(s)))];
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // One that cannot be read keeps no other from being emptied.
                unread.Add(emptied);
                continue;
            }

            Open().Write(moved);
            _segments.Remove(emptied);
            emptied.Dispose();
        }
    }

    private void Drop(SpecSegment segment)
    {
        if (segment.LiveBytes == 0 && _segments.Remove(segment))
        {
            segment.Dispose();
            _open = _open == segment ? null : _open;
        }
    }
}
