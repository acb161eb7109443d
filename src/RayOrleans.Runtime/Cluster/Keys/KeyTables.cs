namespace RayOrleans.Runtime.Cluster.Keys;

/// <summary>
/// A shard's tables of keys and of actors' names. Deterministic; guarded by its owner's lock. Every change is remembered with its answer for longer than it may be sent
/// again, because the answer was lost: so it is answered as before and not made twice. Times are those of the records, so a replay forgets the same.
/// </summary>
internal sealed class KeyTables
{
    private readonly Dictionary<string, KeySpace> _spaces = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(string Namespace, string Name), ActorName> _names = new(NameOrder.Instance);
    private readonly Dictionary<UInt128, byte[]> _answers = [];
    private readonly Queue<(UInt128 Id, long Time)> _answered = new();
    private long _answerBytes;
    private long _version;

    /// <summary>How many changes are remembered.</summary>
    public int RememberedCount => _answered.Count;

    /// <summary>Carries out an operation; returns its answer.</summary>
    public byte[] Apply(KeyOperation operation, long now)
    {
        if (!operation.IsChange)
        {
            return Read(operation);
        }

        if (_answers.TryGetValue(operation.Id, out byte[]? before))
        {
            return before;
        }

        byte[] answer = operation.Kind switch
        {
            KeyOperationKind.Put => Put(operation),
            KeyOperationKind.Delete => Delete(operation),
            KeyOperationKind.Claim => Claim(operation),
            _ => Release(operation),
        };
        Remember(operation.Id, answer, now);
        return answer;
    }

    /// <summary>Everything in it, item by item; <see cref="Restore"/> takes them in this order.</summary>
    public IEnumerable<byte[]> Snapshot()
    {
        yield return KeySnapshotWire.WriteVersion(_version);
        foreach ((string name, KeySpace space) in _spaces.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            foreach (KeyEntry entry in space.All)
            {
                yield return KeySnapshotWire.WriteKey(name, entry);
            }
        }

        foreach (ActorName name in _names.Values)
        {
            yield return KeySnapshotWire.WriteName(name);
        }

        foreach ((UInt128 id, long time) in _answered)
        {
            yield return KeySnapshotWire.WriteAnswer(id, time, _answers[id]);
        }
    }

    /// <summary>Takes an item of a snapshot.</summary>
    /// <param name="item">The item.</param>
    /// <param name="time">The snapshot's time: that of remembered changes which do not say theirs.</param>
    public void Restore(ReadOnlyMemory<byte> item, long time)
    {
        KeySnapshotItem read = KeySnapshotWire.Read(item);
        if (read.Name is { } name)
        {
            _names[(name.Namespace, name.Name)] = name with { Description = name.Description.ToArray() };
        }
        else if (read.Namespace is { } space)
        {
            SpaceOf(space).Set(read.Entry.Key, read.Entry.Version, read.Entry.Value.ToArray());
        }
        else if (read.Answer is { } answer)
        {
            Remember(read.Id, answer, read.Time ?? time);
        }
        else
        {
            _version = read.Version;
        }
    }

    private byte[] Read(KeyOperation operation)
    {
        switch (operation.Kind)
        {
            case KeyOperationKind.Get:
                KeyEntry? entry = _spaces.GetValueOrDefault(operation.Namespace)?.Get(operation.Key, operation.Offset, KeyLimits.PartBytes);
                return KeyWire.EncodeEntries(entry is null ? [] : [entry.Value], isMore: false);
            case KeyOperationKind.List:
                bool isMore = false;
                List<KeyEntry> entries = _spaces.GetValueOrDefault(operation.Namespace)?.List(operation.Key, operation.After, out isMore) ?? [];
                return KeyWire.EncodeEntries(entries, isMore);
            case KeyOperationKind.Find:
                return _names.TryGetValue((operation.Namespace, operation.Key), out ActorName? name)
                    ? KeyWire.EncodeNames([name], flag: false)
                    : KeyWire.EncodeNames([], flag: false);
            case KeyOperationKind.Names:
                return Names(operation);
            default:
                throw new ArgumentException($"{operation.Kind} is not read.", nameof(operation));
        }
    }

    private byte[] Put(KeyOperation operation)
    {
        long current = _spaces.GetValueOrDefault(operation.Namespace)?.VersionOf(operation.Key) ?? 0;
        if (operation.Expected is { } expected && expected != current)
        {
            return KeyWire.EncodeVersion(null);
        }

        SpaceOf(operation.Namespace).Set(operation.Key, ++_version, operation.Value.ToArray());
        return KeyWire.EncodeVersion(_version);
    }

    private byte[] Delete(KeyOperation operation)
    {
        if (!_spaces.TryGetValue(operation.Namespace, out KeySpace? space)
            || (operation.Expected is { } expected && expected != space.VersionOf(operation.Key)) || !space.Remove(operation.Key))
        {
            return KeyWire.EncodeFlag(false);
        }

        if (space.IsEmpty)
        {
            _spaces.Remove(operation.Namespace);
        }

        return KeyWire.EncodeFlag(true);
    }

    private byte[] Claim(KeyOperation operation)
    {
        (string, string) key = (operation.Namespace, operation.Key);
        if (_names.TryGetValue(key, out ActorName? holder) && holder.Actor != operation.Actor && (operation.Replaces.IsNone || holder.Actor != operation.Replaces))
        {
            return KeyWire.EncodeNames([holder], flag: false);
        }

        ActorName name = new(operation.Namespace, operation.Key, operation.Actor, operation.Value.ToArray());
        _names[key] = name;
        return KeyWire.EncodeNames([name], flag: true);
    }

    private byte[] Release(KeyOperation operation)
    {
        (string, string) key = (operation.Namespace, operation.Key);
        return KeyWire.EncodeFlag(_names.TryGetValue(key, out ActorName? holder) && holder.Actor == operation.Actor && _names.Remove(key));
    }

    private byte[] Names(KeyOperation operation)
    {
        List<ActorName> found = [];
        int bytes = 0;
        foreach (((string, string) key, ActorName name) in _names)
        {
            if ((operation.Namespace.Length > 0 && name.Namespace != operation.Namespace)
                || (operation.After is { } after && NameOrder.Instance.Compare(key, (operation.AfterNamespace ?? "", after)) <= 0))
            {
                continue;
            }

            if (bytes > KeyLimits.PartBytes)
            {
                return KeyWire.EncodeNames(found, flag: true);
            }

            found.Add(name);
            bytes += 32 + 2 * (name.Namespace.Length + name.Name.Length) + name.Description.Length;
        }

        return KeyWire.EncodeNames(found, flag: false);
    }

    private KeySpace SpaceOf(string name)
    {
        if (!_spaces.TryGetValue(name, out KeySpace? space))
        {
            _spaces.Add(name, space = new KeySpace());
        }

        return space;
    }

    private void Remember(UInt128 id, byte[] answer, long now)
    {
        _answers.Add(id, answer);
        _answered.Enqueue((id, now));
        _answerBytes += BytesOf(answer);
        while (_answered.Peek() is var oldest && (now - oldest.Time > KeyLimits.RememberedFor.Ticks || _answerBytes > KeyLimits.MaxRememberedBytes))
        {
            _answered.Dequeue();
            _answers.Remove(oldest.Id, out byte[]? forgotten);
            _answerBytes -= BytesOf(forgotten!);
        }
    }

    private static int BytesOf(byte[] answer) => KeyLimits.BytesOfRemembered + answer.Length;
}
