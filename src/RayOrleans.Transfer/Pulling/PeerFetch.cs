namespace RayOrleans.Transfer;

/// <summary>Fetches what is missing of an object from one peer, over several connections, until all is there or the peer fails.</summary>
internal sealed class PeerFetch(Peer peer, StripePlan plan, PullerOptions options)
{
    private readonly Lock _gate = new();
    private long _received;
    private bool _failed;

    /// <summary>The first failure; <see cref="StripeOutcome.Received"/> while there is none. A broken connection leaves it there and sets <see cref="Failure"/>.</summary>
    public StripeOutcome Outcome { get; private set; } = StripeOutcome.Received;

    /// <summary>What the peer did that ended this, to follow its name; null: nothing.</summary>
    public string? Failure { get; private set; }

    /// <summary>Bytes that are in their place.</summary>
    public long ReceivedBytes => Volatile.Read(ref _received);

    /// <summary>Runs to its end; no receive is under way after that, also when it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        long start = options.TimeProvider.GetTimestamp();
        int workers = Math.Clamp(plan.MissingCount, 1, options.ConnectionsPerPull);
        Task[] work = new Task[workers];
        for (int i = 0; i < workers; i++)
            work[i] = WorkAsync(ct);
        await Task.WhenAll(work).ConfigureAwait(false);
        peer.Bandwidth.Add(ReceivedBytes, options.TimeProvider.GetElapsedTime(start));
    }

    private async Task WorkAsync(CancellationToken ct)
    {
        while (!Volatile.Read(ref _failed) && plan.TryTake(out Stripe stripe))
        {
            bool received = false;
            try
            {
                received = await FetchAsync(stripe, ct).ConfigureAwait(false);
            }
            finally
            {
                if (!received)
                    plan.GiveBack(stripe);
            }
        }
    }

    private async Task<bool> FetchAsync(Stripe stripe, CancellationToken ct)
    {
        PeerConnection? connection = null;
        StripeOutcome? outcome = null;
        try
        {
            connection = await peer.Pool.RentAsync(ct).ConfigureAwait(false);
            outcome = await connection.ReceiveAsync(plan, stripe, ct).ConfigureAwait(false);
        }
        catch (PeerFailedException error)
        {
            peer.Failed();
            Fail(StripeOutcome.Received, error.Message);
        }
        finally
        {
            if (connection is not null)
                peer.Pool.Return(connection);
        }

        return outcome is { } known && Note(known, stripe);
    }

    private bool Note(StripeOutcome outcome, Stripe stripe)
    {
        switch (outcome)
        {
            case StripeOutcome.Received:
                plan.Complete();
                Interlocked.Add(ref _received, stripe.Length);
                peer.Received(stripe.Length);
                return true;
            case StripeOutcome.NotHere:
                Fail(outcome, "does not have it");
                return false;
            case StripeOutcome.Busy:
                Fail(outcome, "serves it to as many nodes as it may");
                return false;
            case StripeOutcome.OtherLength:
                Fail(outcome, $"has a copy of another length than {plan.Length} bytes");
                return false;
            default:
                peer.Lied();
                Fail(outcome, $"sent bytes {stripe.Offset} to {stripe.Offset + stripe.Length} with a wrong checksum");
                return false;
        }
    }

    private void Fail(StripeOutcome outcome, string what)
    {
        lock (_gate)
        {
            // A wrong checksum outweighs what the other connections saw.
            if (Failure is not null && outcome != StripeOutcome.WrongChecksum)
                return;
            (Outcome, Failure) = (outcome, what);
        }

        Volatile.Write(ref _failed, true);
    }
}
