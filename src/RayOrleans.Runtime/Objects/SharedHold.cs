using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>One hold for all references decoded from one value.</summary>
internal sealed class SharedHold : NodeHold
{
    private readonly Dictionary<ObjectEntry, int> _entries;
    private HashSet<ObjectRef>? _released;

    private SharedHold(NodeServices node, Dictionary<ObjectEntry, int> entries)
        : base(node)
    {
        _entries = entries;
    }

    ~SharedHold()
    {
        if (_entries is { Count: > 0 })
        {
            Node.Releases.Push(this);
        }
    }

    /// <summary>Takes a hold on each of the objects, which the caller keeps alive meanwhile.</summary>
    public static SharedHold Take(NodeServices node, ObjectEntry[] contained)
    {
        Dictionary<ObjectEntry, int> entries = new(contained.Length);
        foreach (ObjectEntry entry in contained)
        {
            entries[entry] = entries.GetValueOrDefault(entry) + 1;
        }

        node.Gate.Do(engine =>
        {
            foreach (ObjectEntry entry in entries.Keys)
            {
                engine.Hold(entry);
            }
        });
        return new SharedHold(node, entries);
    }

    /// <summary>Gives up one reference; the object's hold goes with the last of its references in this value.</summary>
    public override void Release(ObjectRef reference)
    {
        ObjectEntry entry = (ObjectEntry)reference.Target;
        lock (_entries)
        {
            if (!_entries.TryGetValue(entry, out int count))
            {
                return;
            }

            if (!(_released ??= new(ReferenceEqualityComparer.Instance)).Add(reference))
            {
                return;
            }

            if (count > 1)
            {
                _entries[entry] = count - 1;
                return;
            }

            _entries.Remove(entry);
            if (_entries.Count == 0)
            {
                GC.SuppressFinalize(this);
            }
        }

        Node.Gate.ReleaseHold(entry, bySubmitter: false);
    }

    public void ReleaseAll()
    {
        ObjectEntry[] entries;
        lock (_entries)
        {
            entries = [.. _entries.Keys];
            _entries.Clear();
        }

        foreach (ObjectEntry entry in entries)
        {
            Node.Gate.ReleaseHold(entry, bySubmitter: false);
        }
    }
}
