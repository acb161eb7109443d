using System.Runtime.CompilerServices;

namespace RayOrleans.Runtime.Cluster.Gcs.Followers;

/// <summary>
/// A shard in memory, with a copy on another silo: what is acknowledged, both have. When the shard's silo dies, the next activation seals the copies on all silos
/// that live, so that nobody adds to them any more, and begins with the newest. When the copy is lost, the shard's state makes another one before the next answer
/// (<see cref="IShardJournal.WantsState"/>); where no other silo takes shards there is none, and what is lost with both is told again by the nodes.
/// A shard that leaves its silo in good order leaves its state there as one more copy with the same mark: it is where the next activation finds it.
/// </summary>
internal sealed class FollowedShardJournal(int shard, IShardPeers peers, ShardCopies own, TimeProvider time) : IShardJournal, IMovableShardStorage
{
    /// <summary>How long a shard that found nobody who answers goes on alone before it looks again.</summary>
    private static readonly TimeSpan AloneFor = TimeSpan.FromSeconds(5);

    /// <summary>How long an activation waits for silos that may have the newest copy, and an answer for a silo that could take one: longer than a frozen one is taken for living.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private const int PartBytes = 4 << 20;

    private readonly string _name = $"Shard {shard} in memory";
    private readonly Dictionary<NodeId, long> _failures = [];
    private readonly Lock _lock = new();
    private volatile FollowedTerm _term = new(0, null);

    public bool KeepsRecords
    {
        get
        {
            FollowedTerm term = _term;
            if (term.Copy is null && !MayHaveCopy(term))
            {
                // What comes now is kept nowhere, so a copy must begin with the state.
                term.Start = null;
                return false;
            }

            return true;
        }
    }

    /// <summary>Also an idle shard's, once the silo that had its copy is gone.</summary>
    public bool WantsState
    {
        get
        {
            FollowedTerm term = _term;
            return term.Start is null && MayHaveCopy(term) && !(term.Copy is { } copy && Others().Contains(copy.Keeper));
        }
    }

    /// <summary>A copy is in memory twice: as the shard's state, and as what it was told.</summary>
    public long? MaxBytes => 8 << 20;

    public async ValueTask<long> RaiseEpochAsync(long atLeast, CancellationToken cancellationToken)
    {
        await peers.Ready.WaitAsync(cancellationToken).ConfigureAwait(false);
        long epoch = Math.Max(_term.Epoch + 1, atLeast);
        for (int attempt = 0; ; attempt++)
        {
            (long? newest, FoundCopy? found) = await SealAsync(epoch, cancellationToken).ConfigureAwait(false);
            if (newest is null)
            {
                Begin(new FollowedTerm(epoch, found));
                return epoch;
            }

            epoch = newest.Value + 1;
            if (attempt > 2)
            {
                // Two that raise it against each other could go on for ever.
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1 << Math.Min(attempt, 9))), time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask LeaveAsync(long epoch, IReadOnlyList<ReadOnlyMemory<byte>> state)
    {
        FollowedTerm term = Of(epoch);
        if (term.Copy is null)
        {
            // This silo may be about to stop.
            term.Found = null;
            await TryCopyAsync(term, state).ConfigureAwait(false);
        }

        // Where a newer epoch has begun already, that has read what there was.
        own.Keep(shard, term.Copy?.Mark ?? new CopyMark(epoch, ++term.Generation, 0), state);
    }

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(long epoch, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        FollowedTerm term = Of(epoch);
        await CheckOthersAsync(epoch).ConfigureAwait(false);
        IReadOnlyList<ReadOnlyMemory<byte>> records = await FetchAsync(term).ConfigureAwait(false);
        term.Start = records;
        foreach (ReadOnlyMemory<byte> record in records)
        {
            yield return record;
        }
    }

    public async ValueTask AppendAsync(long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        FollowedTerm term = Of(epoch);
        if (records.Count == 0)
        {
            if (term.Copy is { } asked)
            {
                await TryAskAsync(asked.Keeper, new FollowRequest(FollowVerb.Check, shard, asked.Mark)).ConfigureAwait(false);
            }

            await DropUndroppedAsync(term).ConfigureAwait(false);
            Of(epoch);
            return;
        }

        if (term.Copy is null && term.Start is { } start)
        {
            await TryCopyAsync(term, start).ConfigureAwait(false);
        }

        term.Start = null;
        if (term.Copy is { } copy)
        {
            CopyMark next = copy.Mark with { Number = copy.Mark.Number + 1 };
            FollowAnswer? answer = await TryAskAsync(copy.Keeper, new FollowRequest(FollowVerb.Append, shard, next) { Records = records }).ConfigureAwait(false);

            // Without it the shard goes on with what it has, and its state is the next copy.
            term.Copy = answer is { Verdict: FollowVerdict.Done } ? (copy.Keeper, next) : null;
        }

        await DropUndroppedAsync(term).ConfigureAwait(false);

        // A newer epoch of this silo may have begun meanwhile: the state that would be the next copy is not this one's then.
        Of(epoch);
    }

    /// <summary>Waits for a silo that takes the copy, so nothing is acknowledged that only this one has while another is taken for living; for a while.</summary>
    public async ValueTask ReplaceAsync(long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        FollowedTerm term = Of(epoch);
        term.Found = null;
        long start = time.GetTimestamp();
        while (!await TryCopyAsync(term, records).ConfigureAwait(false) && Others().Count > 0)
        {
            if (time.GetElapsedTime(start) >= Patience)
            {
                term.AloneSince = time.GetTimestamp();
                break;
            }

            await Task.Delay(Pause, time).ConfigureAwait(false);
            Of(epoch);
        }

        term.Start = null;
        Of(epoch);
    }

    /// <summary>Null and what was found: the epoch is the newest of all, and nobody adds to earlier copies any more. Else: it is not.</summary>
    private async Task<(long? Newest, FoundCopy? Found)> SealAsync(long epoch, CancellationToken cancellationToken)
    {
        FollowRequest request = new(FollowVerb.Seal, shard, new CopyMark(epoch, 0, 0));
        FollowAnswer here = own.Take(request);
        if (here.Verdict == FollowVerdict.Stale)
        {
            return (here.Newest, null);
        }

        (NodeId Keeper, FollowAnswer Answer)[] others = await Task.WhenAll(Others().Select(async p => (p, await SealAsync(p, request, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
        FollowAnswer[] stale = [.. others.Select(o => o.Answer).Where(a => a.Verdict == FollowVerdict.Stale)];
        if (stale.Length > 0)
        {
            return (stale.Max(s => s.Newest), null);
        }

        // Those with one mark have the same, each in its own records; the one here is read most easily.
        (NodeId Keeper, FollowAnswer Answer)[] all = [(NodeId.None, here), .. others];
        CopyMark best = all.Max(o => o.Answer.Mark);
        return (null, best.Epoch > 0 ? new FoundCopy(best, [.. all.Where(o => o.Answer.Mark == best).Select(o => (o.Keeper, o.Answer.Count))]) : null);
    }

    /// <summary>Asks until there is an answer, or the silo is gone: it may have the newest copy.</summary>
    private async Task<FollowAnswer> SealAsync(NodeId peer, FollowRequest request, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            try
            {
                // If the answer to an earlier attempt was lost, this one is refused, and a greater epoch is tried.
                return await AskAsync(peer, request).ConfigureAwait(false);
            }
            catch (Exception e) when (IsUnreachable(e))
            {
                if (!Others().Contains(peer))
                {
                    return default;
                }

                if (time.GetElapsedTime(start) > Patience)
                {
                    throw new IOException($"{_name}: node {peer}, which may have the newest copy, does not answer: {e.Message}");
                }
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>> FetchAsync(FollowedTerm term)
    {
        if (term.Found is not { } found)
        {
            return [];
        }

        Exception? unreachable = null;
        foreach ((NodeId keeper, int count) in found.Keepers)
        {
            try
            {
                return await FetchAsync(term.Epoch, keeper, found.Mark, count).ConfigureAwait(false);
            }
            catch (Exception e) when (IsUnreachable(e))
            {
                // One that is taken for living may answer the next attempt to start.
                unreachable = Others().Contains(keeper) ? new IOException($"{_name}: node {keeper}, which has the newest copy, does not answer: {e.Message}", e) : unreachable;
            }
        }

        if (unreachable is not null)
        {
            throw unreachable;
        }

        // All are lost: the nodes fill the shard again.
        term.Found = null;
        return [];
    }

    private async Task<List<ReadOnlyMemory<byte>>> FetchAsync(long epoch, NodeId keeper, CopyMark mark, int count)
    {
        List<ReadOnlyMemory<byte>> records = [];
        List<ReadOnlyMemory<byte>> pieces = [];
        while (records.Count < count)
        {
            FollowRequest request = new(FollowVerb.Read, shard, new CopyMark(epoch, 0, 0)) { Index = records.Count, Offset = pieces.Sum(p => p.Length) };
            FollowAnswer answer = keeper == NodeId.None ? own.Take(request) : await AskAsync(keeper, request).ConfigureAwait(false);
            if (answer.Verdict == FollowVerdict.Stale)
            {
                throw new StaleEpochException(_name, epoch, answer.Newest);
            }

            if (answer.Mark != mark || answer.Pieces.Count == 0)
            {
                throw new IOException($"{_name}: the copy that node {keeper} had is gone.");
            }

            for (int i = 0; i < answer.Pieces.Count; i++)
            {
                pieces.Add(answer.Pieces[i]);
                if (i < answer.Pieces.Count - 1 || answer.EndsRecord)
                {
                    records.Add(pieces.Count == 1 ? pieces[0] : Join(pieces));
                    pieces.Clear();
                }
            }
        }

        return records;
    }

    private static byte[] Join(List<ReadOnlyMemory<byte>> pieces)
    {
        byte[] whole = new byte[pieces.Sum(p => p.Length)];
        int offset = 0;
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            piece.CopyTo(whole.AsMemory(offset));
            offset += piece.Length;
        }

        return whole;
    }

    /// <summary>Makes a copy somewhere: by one that was found where it lies, else by sending the records. Those that did not answer lately are asked last.</summary>
    private async Task<bool> TryCopyAsync(FollowedTerm term, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        NodeId? last = term.Copy?.Keeper;
        foreach (NodeId peer in Others().OrderBy(p => HasFailed(p) ? 1 : 0).ThenBy(p => p == last || term.Found?.Has(p) == true ? 0 : 1).ToList())
        {
            CopyMark mark = new(term.Epoch, ++term.Generation, 0);
            bool isMade = term.Found is { } found && found.Has(peer)
                ? await TryAskAsync(peer, new FollowRequest(FollowVerb.Continue, shard, mark) { Before = found.Mark }).ConfigureAwait(false) is { Verdict: FollowVerdict.Done }
                : await TrySendAsync(peer, mark, records).ConfigureAwait(false);
            if (isMade)
            {
                (term.Copy, term.Found, term.AloneSince) = ((peer, mark), null, null);
                await DropOthersAsync(term, peer, mark).ConfigureAwait(false);
                return true;
            }
        }

        term.Copy = null;
        return false;
    }

    private async Task<bool> TrySendAsync(NodeId peer, CopyMark mark, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        int part = 0;
        int next = 0;
        do
        {
            int first = next;
            for (long bytes = 0; next < records.Count && (next == first || bytes + records[next].Length <= PartBytes); next++)
            {
                bytes += records[next].Length;
            }

            FollowRequest request = new(FollowVerb.Replace, shard, mark with { Number = part++ }) { IsLast = next == records.Count, Records = [.. records.Skip(first).Take(next - first)] };
            if (await TryAskAsync(peer, request).ConfigureAwait(false) is not { Verdict: FollowVerdict.Done })
            {
                return false;
            }
        }
        while (next < records.Count);
        return true;
    }

    /// <summary>
    /// Copies that nobody needs any more. A silo that does not answer is told again with what comes later: were this shard's silo and its follower lost, an older copy would be
    /// read in place of what the nodes tell.
    /// </summary>
    private async Task DropOthersAsync(FollowedTerm term, NodeId keeper, CopyMark mark)
    {
        own.Take(new FollowRequest(FollowVerb.Drop, shard, mark));
        term.Undropped = [.. Others().Where(p => p != keeper)];
        await DropAsync(term, [.. term.Undropped], mark).ConfigureAwait(false);
    }

    private async Task DropUndroppedAsync(FollowedTerm term)
    {
        if (term.Undropped.Count > 0 && term.Copy is { } copy)
        {
            await DropAsync(term, [.. Others().Where(term.Undropped.Contains)], copy.Mark).ConfigureAwait(false);
        }
    }

    private async Task DropAsync(FollowedTerm term, IReadOnlyList<NodeId> silos, CopyMark mark)
    {
        FollowRequest request = new(FollowVerb.Drop, shard, mark);
        NodeId[] asked = [.. silos.Where(p => !HasFailed(p))];
        FollowAnswer?[] answers = await Task.WhenAll(asked.Select(p => TryAskAsync(p, request))).ConfigureAwait(false);
        term.Undropped = term.Undropped.Except(asked.Where((_, i) => answers[i] is not null));
    }

    private async Task CheckOthersAsync(long epoch)
    {
        FollowRequest request = new(FollowVerb.Check, shard, new CopyMark(epoch, 0, 0));
        if (own.Take(request) is { Verdict: FollowVerdict.Stale } here)
        {
            throw new StaleEpochException(_name, epoch, here.Newest);
        }

        await Task.WhenAll(Others().Where(p => !HasFailed(p)).ToList().Select(p => TryAskAsync(p, request))).ConfigureAwait(false);
    }

    /// <summary>Null: it did not answer, and is asked last for a while.</summary>
    /// <exception cref="StaleEpochException">It knows a newer epoch.</exception>
    private async Task<FollowAnswer?> TryAskAsync(NodeId peer, FollowRequest request)
    {
        FollowAnswer answer;
        try
        {
            answer = await AskAsync(peer, request).ConfigureAwait(false);
        }
        catch (Exception e) when (IsUnreachable(e))
        {
            lock (_lock)
            {
                _failures[peer] = time.GetTimestamp();
            }

            return null;
        }

        return answer.Verdict == FollowVerdict.Stale ? throw new StaleEpochException(_name, request.Mark.Epoch, answer.Newest) : answer;
    }

    private async Task<FollowAnswer> AskAsync(NodeId peer, FollowRequest request) => FollowWire.DecodeAnswer(await peers.CallAsync(peer, FollowWire.Encode(request)).ConfigureAwait(false));

    /// <summary>Whatever the failure: the silo may have done what it was asked, so a copy there is not counted on, and another one is made.</summary>
    private static bool IsUnreachable(Exception e) => e is not (StaleEpochException or OutOfMemoryException);

    private IReadOnlyList<NodeId> Others() => peers.Others(shard);

    private bool HasFailed(NodeId peer)
    {
        lock (_lock)
        {
            return _failures.TryGetValue(peer, out long at) && time.GetElapsedTime(at) <= AloneFor;
        }
    }

    private bool MayHaveCopy(FollowedTerm term) => Others().Count > 0 && !(term.AloneSince is { } since && time.GetElapsedTime(since) < AloneFor);

    private void Begin(FollowedTerm term)
    {
        lock (_lock)
        {
            // Of two that were raised at once the smaller has ended, whichever was heard of last.
            _term = term.Epoch > _term.Epoch ? term : _term;
        }
    }

    /// <exception cref="StaleEpochException">A newer one has begun here.</exception>
    private FollowedTerm Of(long epoch)
    {
        FollowedTerm term = _term;
        return epoch >= term.Epoch ? term : throw new StaleEpochException(_name, epoch, term.Epoch);
    }
}
