using System.Runtime.CompilerServices;
using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Links;

/// <summary>The drainer of one link. Written as a loop with a continuation of its own, so that a batch costs no allocation beside its bytes.</summary>
internal sealed class LinkPump
{
    private const int Idle = 0;
    private const int Running = 1;
    private const int Signalled = 2;

    private readonly LinkDrainer _drainer;
    private readonly Link _link;
    private readonly Action _answered;

    private int _state;
    private Batch? _batch;
    private byte[]? _bytes;
    private int _failures;
    private ConfiguredValueTaskAwaitable<byte[]>.ConfiguredValueTaskAwaiter _call;
    private ITimer? _timer;

    public LinkPump(LinkDrainer drainer, Link link)
    {
        _drainer = drainer;
        _link = link;
        _answered = OnAnswered;
    }

    /// <summary>Runs on the caller's thread if nobody does already; who does looks again before it stops.</summary>
    public void Signal()
    {
        if (Interlocked.Exchange(ref _state, Signalled) != Idle)
        {
            return;
        }

        // The caller may be in the middle of user code: calls, pauses and connections that begin here must not keep its scope, and with it
        // the actor it runs in, for as long as they live.
        if (ExecutionContext.IsFlowSuppressed())
        {
            Run();
            return;
        }

        using (ExecutionContext.SuppressFlow())
        {
            Run();
        }
    }

    public void Stop() => _timer?.Dispose();

    private void Run()
    {
        do
        {
            // Only the one who runs writes Running, so a signal from here on is seen at the end.
            Volatile.Write(ref _state, Running);
            while (!_drainer.IsStopped && (_batch ?? Take()) is not null)
            {
                if (!TrySend())
                {
                    return;
                }
            }
        }
        while (Interlocked.CompareExchange(ref _state, Idle, Running) != Running);

        if (_link.IsClosed)
        {
            _drainer.Forget(_link);
        }
    }

    private Batch? Take()
    {
        _failures = 0;
        _bytes = null;
        return _batch = _drainer.Source.TakeBatch(_link);
    }

    /// <summary>Sends the batch. False: the loop goes on when the call or the pause ends.</summary>
    private bool TrySend()
    {
        try
        {
            if (_bytes is null && _drainer.Source.Prepare(_batch!) is { } preparing)
            {
                preparing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().UnsafeOnCompleted(() => OnPrepared(preparing));
                return false;
            }

            // A batch that is sent again is the same bytes.
            _bytes ??= _drainer.Codec.Encode(_batch!);
            _call = _drainer.Call(_link.To, _bytes).ConfigureAwait(false).GetAwaiter();
        }
        catch (Exception e)
        {
            return OnFailure(e);
        }

        if (!_call.IsCompleted)
        {
            _call.UnsafeOnCompleted(_answered);
            return false;
        }

        return TakeAnswer();
    }

    private void OnPrepared(Task preparing)
    {
        if (preparing.IsCompletedSuccessfully)
        {
            OnPauseEnded();
        }
        else if (OnFailure(preparing.Exception?.InnerException ?? new TaskCanceledException(preparing)))
        {
            Run();
        }
    }

    private void OnAnswered()
    {
        if (TakeAnswer())
        {
            Run();
        }
    }

    private bool TakeAnswer()
    {
        BatchAnswer answer;
        try
        {
            answer = BatchCodec.DecodeAnswer(_call.GetResult());
        }
        catch (Exception e)
        {
            return OnFailure(e);
        }
        finally
        {
            _call = default;
        }

        Batch batch = _batch!;
        _drainer.Source.OnAnswer(_link, batch, answer);
        if (_link.IsToResend(batch, answer))
        {
            return Pause();
        }

        _batch = null;
        return true;
    }

    /// <summary>The call failed: whether the batch arrived is not known. Returns whether the loop goes on at once.</summary>
    private bool OnFailure(Exception error)
    {
        _drainer.Failed?.Invoke(_link, _failures + 1, error);
        return Pause();
    }

    /// <summary>The batch is sent again after a while, unless it is void. Returns whether the loop goes on at once.</summary>
    private bool Pause()
    {
        // The machine closes or restarts a link when the other side is dead or lives in another epoch; what was in flight is void then.
        if (_drainer.IsStopped || _link.IsClosed || !ReferenceEquals(_link.InFlight, _batch))
        {
            _batch = null;
            return true;
        }

        TimeSpan pause = _drainer.PauseAfter(++_failures);
        if (_timer is null)
        {
            _timer = _drainer.Time.CreateTimer(static pump => ((LinkPump)pump!).OnPauseEnded(), this, pause, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _timer.Change(pause, Timeout.InfiniteTimeSpan);
        }

        return false;
    }

    private void OnPauseEnded()
    {
        if (_link.IsClosed || !ReferenceEquals(_link.InFlight, _batch))
        {
            _batch = null;
        }

        Run();
    }
}
