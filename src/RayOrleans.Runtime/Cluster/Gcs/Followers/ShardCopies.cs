namespace RayOrleans.Runtime.Cluster.Gcs.Followers;

/// <summary>The copies that a silo keeps for shards that live elsewhere. Thread-safe.</summary>
internal sealed class ShardCopies
{
    /// <summary>How much of a copy goes into one answer, in bytes.</summary>
    public const int PieceBytes = 128 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Kept> _kept = [];

    /// <summary>Which copy it has of a shard; epoch 0: none.</summary>
    public CopyMark MarkOf(int shard)
    {
        lock (_lock)
        {
            return _kept.TryGetValue(shard, out Kept? kept) ? kept.Say(FollowVerdict.Done).Mark : default;
        }
    }

    /// <summary>Keeps what an activation of this silo knew when it left, beside the copy with that mark elsewhere: whichever is read next.</summary>
    /// <returns>False: a newer epoch has sealed it, and has read what it needs.</returns>
    public bool Keep(int shard, CopyMark mark, IReadOnlyList<ReadOnlyMemory<byte>> state)
    {
        lock (_lock)
        {
            Kept kept = Of(shard);
            if (mark.Epoch < kept.Newest)
            {
                return false;
            }

            kept.Newest = mark.Epoch;
            kept.Keep(mark, state);
            return true;
        }
    }

    /// <summary>Answers a request (<see cref="FollowWire"/>).</summary>
    public byte[] Answer(ReadOnlyMemory<byte> request) => FollowWire.Encode(Take(FollowWire.DecodeRequest(request)));

    /// <summary>Answers a request.</summary>
    public FollowAnswer Take(in FollowRequest request)
    {
        lock (_lock)
        {
            Kept kept = Of(request.Shard);

            // A seal is of one epoch alone: two activations that draw the same one meet here.
            bool isStale = request.Verb == FollowVerb.Seal ? request.Mark.Epoch <= kept.Newest : request.Mark.Epoch < kept.Newest;
            if (isStale)
            {
                return kept.Say(FollowVerdict.Stale);
            }

            kept.Newest = request.Mark.Epoch;
            return request.Verb switch
            {
                FollowVerb.Replace => kept.Replace(request),
                FollowVerb.Continue => kept.Continue(request),
                FollowVerb.Append => kept.Append(request),
                FollowVerb.Drop => kept.Drop(request),
                FollowVerb.Read => kept.Read(request),
                _ => kept.Say(FollowVerdict.Done),
            };
        }
    }

    private Kept Of(int shard)
    {
        if (!_kept.TryGetValue(shard, out Kept? kept))
        {
            _kept.Add(shard, kept = new Kept());
        }

        return kept;
    }

    private sealed class Kept
    {
        private CopyMark _mark;
        private List<ReadOnlyMemory<byte>> _records = [];
        private (CopyMark Mark, List<ReadOnlyMemory<byte>> Records)? _draft;

        public long Newest { get; set; }

        public FollowAnswer Say(FollowVerdict verdict) => new(verdict, Newest, _mark) { Count = _records.Count };

        public void Keep(CopyMark mark, IReadOnlyList<ReadOnlyMemory<byte>> state) => (_mark, _records, _draft) = (mark, [.. state], null);

        public FollowAnswer Replace(in FollowRequest request)
        {
            if (request.Mark.Number == 0)
            {
                _draft = (request.Mark, []);
            }

            if (_draft is not { } draft || draft.Mark != request.Mark with { Number = draft.Mark.Number })
            {
                return Say(FollowVerdict.Unknown);
            }

            draft.Records.AddRange(request.Records);
            _draft = (request.Mark with { Number = request.Mark.Number + 1 }, draft.Records);
            if (request.IsLast)
            {
                (_mark, _records, _draft) = (request.Mark with { Number = 0 }, draft.Records, null);
            }

            return Say(FollowVerdict.Done);
        }

        public FollowAnswer Continue(in FollowRequest request)
        {
            if (_mark != request.Before && _mark != request.Mark)
            {
                return Say(FollowVerdict.Unknown);
            }

            _mark = request.Mark;
            return Say(FollowVerdict.Done);
        }

        public FollowAnswer Append(in FollowRequest request)
        {
            if (_mark == request.Mark)
            {
                // Sent again, because the answer was lost.
                return Say(FollowVerdict.Done);
            }

            if (_mark != request.Mark with { Number = request.Mark.Number - 1 })
            {
                return Say(FollowVerdict.Unknown);
            }

            _records.AddRange(request.Records);
            _mark = request.Mark;
            return Say(FollowVerdict.Done);
        }

        public FollowAnswer Drop(in FollowRequest request)
        {
            if ((_mark.Epoch, _mark.Generation).CompareTo((request.Mark.Epoch, request.Mark.Generation)) < 0)
            {
                (_mark, _records, _draft) = (default, [], null);
            }

            return Say(FollowVerdict.Done);
        }

        public FollowAnswer Read(in FollowRequest request)
        {
            List<ReadOnlyMemory<byte>> pieces = [];
            int room = PieceBytes;
            int offset = request.Offset;
            bool ends = true;
            for (int i = request.Index; i < _records.Count && room > 0; i++)
            {
                ReadOnlyMemory<byte> rest = _records[i][offset..];
                ends = rest.Length <= room;
                pieces.Add(ends ? rest : rest[..room]);
                room -= pieces[^1].Length + sizeof(int);
                offset = 0;
            }

            return Say(FollowVerdict.Done) with { Pieces = pieces, EndsRecord = ends };
        }
    }
}
