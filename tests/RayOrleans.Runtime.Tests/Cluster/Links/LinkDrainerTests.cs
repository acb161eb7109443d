using System.Runtime.CompilerServices;
using RayOrleans.Core;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Links;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Tests.Cluster.Support;

namespace RayOrleans.Runtime.Tests.Cluster.Links;

public sealed class LinkDrainerTests : IDisposable
{
    private static readonly NodeId Other = new(2);

    private readonly ManualTime _time = new();
    private readonly TestTransport _transport = new();
    private readonly TestLinks _links = new();
    private readonly BatchCodec _codec = new(OpaquePayloadWire.Instance);
    private readonly LinkDrainer _drainer;

    public LinkDrainerTests()
    {
        _drainer = new LinkDrainer(_links, _transport, _codec, _time, seed: 1);
    }

    public void Dispose() => _drainer.Dispose();

    [Fact]
    public void Signal_IdleLink_SendsOnTheCallersThread()
    {
        Link link = _links.Make(Other);
        _links.Add(link, 1);
        _drainer.Signal(link);

        Assert.Equal([1L], Numbers(Assert.Single(_transport.Calls).Request));
        Assert.Equal(Party.Of(Other), _transport.Calls[0].To);
    }

    [Fact]
    public void Signal_WhileInFlight_WhatGathersTravelsTogether()
    {
        Link link = _links.Make(Other);
        for (int i = 1; i <= 5; i++)
        {
            _links.Add(link, i);
            _drainer.Signal(link);
        }

        Assert.Single(_transport.Calls);
        _transport.Answer(0);

        Assert.Equal(2, _transport.Calls.Count);
        Assert.Equal([2L, 3, 4, 5], Numbers(_transport.Calls[1].Request));
        _transport.Answer(1);
        Assert.Equal([1L, 2], _links.Answered.Select(a => a.Batch.Number));
        Assert.Equal(0, _drainer.Resends);
    }

    [Fact]
    public void CallThatFails_IsSentAgainWithTheSameBytesAfterGrowingPauses()
    {
        Link link = _links.Make(Other);
        _links.Add(link, 1);
        _drainer.Signal(link);
        double longest = 10;
        for (int i = 0; i < 12; i++)
        {
            _transport.Fail(i);
            TimeSpan pause = _time.NextTimer!.Value;
            Assert.InRange(pause.TotalMilliseconds, longest * 0.75, longest);
            _time.Advance(pause);
            longest = Math.Min(LinkDrainer.LongestPause.TotalMilliseconds, longest * 2);
        }

        Assert.Equal(13, _transport.Calls.Count);
        Assert.All(_transport.Calls, c => Assert.Equal(_transport.Calls[0].Request, c.Request));
        _transport.Answer(12);
        Assert.Single(_links.Answered);
        Assert.Equal(12, _drainer.Resends);

        _links.Add(link, 2);
        _drainer.Signal(link);
        _transport.Fail(13);
        Assert.InRange(_time.NextTimer!.Value.TotalMilliseconds, 7.5, 10);
    }

    [Fact]
    public void BatchAnsweredByAnActivationGivenUp_IsSentAgainAfterAPause()
    {
        OneInFlightOneWaiting();
        _transport.Answer(0, BatchCodec.EncodeAnswer(new BatchAnswer(BatchVerdict.OtherEpoch, 0)));

        // Not at once: the old activation may answer for a while.
        Assert.Single(_transport.Calls);
        _time.Advance(_time.NextTimer!.Value);
        Assert.Equal(2, _transport.Calls.Count);
        Assert.Equal(_transport.Calls[0].Request, _transport.Calls[1].Request);
        _transport.Answer(1);
        Assert.Equal([2L], Numbers(_transport.Calls[2].Request));
    }

    [Fact]
    public void BatchThatIsRefused_IsNotSentAgain()
    {
        OneInFlightOneWaiting();
        _transport.Answer(0, BatchCodec.EncodeAnswer(new BatchAnswer(BatchVerdict.Refused)));

        Assert.Single(_transport.Calls);
        Assert.Null(_time.NextTimer);
    }

    [Fact]
    public void CallThatThrowsAtOnce_AndDamagedAnswers_AreFailuresToo()
    {
        int calls = 0;
        _transport.Answers = (_, _) => ++calls switch
        {
            1 => throw new NodeUnreachableException("not yet"),
            2 => new([99, 99]),
            _ => new(TestTransport.Applied),
        };
        Link link = _links.Make(Other);
        _links.Add(link, 1);
        _drainer.Signal(link);
        _time.Advance(LinkDrainer.LongestPause);
        _time.Advance(LinkDrainer.LongestPause);

        Assert.Equal(3, calls);
        Assert.Single(_links.Answered);
    }

    [Fact]
    public void LinkThatIsClosed_IsNotSentAgain()
    {
        Link link = _links.Make(Other);
        _links.Add(link, 1);
        _drainer.Signal(link);
        _transport.Fail(0);
        _links.Close(link);
        _time.Advance(LinkDrainer.LongestPause);
        Assert.Single(_transport.Calls);
        Assert.Null(_time.NextTimer);

        Link other = _links.Make(new NodeId(3));
        _links.Add(other, 1);
        _drainer.Signal(other);
        _links.Close(other);
        _transport.Fail(1);
        Assert.Equal(2, _transport.Calls.Count);
        Assert.Null(_time.NextTimer);
    }

    [Fact]
    public void Dispose_WhileInFlight_SendsNothingMore()
    {
        OneInFlightOneWaiting();
        _drainer.Dispose();
        _transport.Answer(0);
        Assert.Single(_transport.Calls);
    }

    [Fact]
    public void AnswersThatComeAtOnce_ManyBatches_DoNotNest()
    {
        int depth = 0;
        _transport.Answers = (_, _) =>
        {
            depth = Math.Max(depth, new System.Diagnostics.StackTrace().FrameCount);
            return new(TestTransport.Applied);
        };
        Link link = _links.Make(Other);
        for (int i = 0; i < 100 * 512; i++)
        {
            _links.Add(link, i);
        }

        _drainer.Signal(link);
        Assert.Equal(100, _links.Answered.Count);
        Assert.InRange(depth, 1, 200);
    }

    [Fact]
    public void ManyThreads_SignalOneLink_OneCallIsInFlightAndOrderIsKept()
    {
        int inFlight = 0;
        int most = 0;
        List<long> received = [];
        _transport.Answers = async (_, request) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inFlight));
            received.AddRange(Numbers(request));
            await Task.Yield();
            Interlocked.Decrement(ref inFlight);
            return TestTransport.Applied;
        };
        Link link = _links.Make(Other);
        const int Count = 20_000;
        long next = 0;
        Lock order = new();
        Parallel.For(0, Count, _ =>
        {
            lock (order)
            {
                _links.Add(link, next++);
            }

            _drainer.Signal(link);
        });

        Patience.Until(() => link.Waiting == 0 && link.InFlight is null, "every message has arrived");
        Assert.Equal(1, most);
        Assert.Equal(Enumerable.Range(0, Count).Select(i => (long)i), received);
    }

    [Fact]
    public void Link_WhoseCallsFail_DoesNotKeepWhatFlowedWhereItWasSignalled()
    {
        using LinkDrainer drainer = new(_links, _transport, _codec, TimeProvider.System, seed: 1);
        _transport.Answers = async (_, _) =>
        {
            await Task.Yield();
            throw new TimeoutException();
        };
        WeakReference flowing = SignalFromUserCode(drainer);
        Patience.Until(() => drainer.Resends > 2, "the batch is sent again and again");
        Patience.Until(
            () =>
            {
                GC.Collect();
                return !flowing.IsAlive;
            },
            "what flowed at the first signal is collected");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference SignalFromUserCode(LinkDrainer drainer)
    {
        AsyncLocal<object?> flow = new() { Value = new object() };
        WeakReference flowing = new(flow.Value);
        Link link = _links.Make(Other);
        _links.Add(link, 1);
        drainer.Signal(link);
        Assert.False(ExecutionContext.IsFlowSuppressed(), "the caller's own flow goes on");
        flow.Value = null;
        return flowing;
    }

    private void OneInFlightOneWaiting()
    {
        Link link = _links.Make(Other);
        _links.Add(link, 1);
        _drainer.Signal(link);
        _links.Add(link, 2);
        _drainer.Signal(link);
    }

    private long[] Numbers(byte[] request) => [.. _codec.Decode(request).Messages.Cast<TransitDoneMessage>().Select(m => m.Transit)];
}
