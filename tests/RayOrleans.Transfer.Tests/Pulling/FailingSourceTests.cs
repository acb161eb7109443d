namespace RayOrleans.Transfer.Tests.Pulling;

public class FailingSourceTests
{
    private const int MB = TransferNode.MB;
    private const int Length = (20 * MB) + 777;
    private static readonly byte[] Content = TransferNode.Bytes(Length);

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(ResponseFrame.Bytes)]
    [InlineData(100_000)]
    [InlineData(3 * MB)]
    public async Task Pull_SourceDiesAfterSomeBytes_GoesOnWithAnother(int bytes)
    {
        await using FakePeer dying = FakePeer.Answering(async (socket, request, ct) =>
        {
            await socket.SendAsync(FakePeer.Answer(request, Content).AsMemory(0, bytes), ct);
            socket.Dispose();
        });
        await using TransferNode source = new();
        await using TransferNode target = new();
        source.Put(TransferNode.Id(1), Content);

        PullResult result = await Pull(target, dying, source);

        Assert.True(result.IsPulled, result.Message);
        Assert.Equal(source.Server.EndPoint, result.Object.Source);
        AssertWhole(target);
        Assert.True(Totals(target, dying).Failures > 0);
    }

    [Theory]
    [InlineData(ObjectChecksum.BlockBytes + 1)]
    [InlineData(2 * ObjectChecksum.BlockBytes)]
    [InlineData((4 * ObjectChecksum.BlockBytes) + 777)]
    public async Task Pull_SourceSendsALittleAtATime_ArrivesWhole(int length)
    {
        byte[] content = Content[..length];
        await using FakePeer slow = FakePeer.Answering(async (socket, request, ct) =>
        {
            ReadOnlyMemory<byte> answer = FakePeer.Answer(request, content);
            while (!answer.IsEmpty)
            {
                int some = Math.Min(answer.Length, 20_011);
                await socket.SendAsync(answer[..some], ct);
                answer = answer[some..];

                // Lets the receiver see the piece alone.
                await Task.Delay(1, ct);
            }
        });
        await using TransferNode target = new();

        PullResult result = await Pull(target, slow, length: length);

        Assert.True(result.IsPulled, result.Message);
        Assert.True(content.AsSpan().SequenceEqual(target.Read(TransferNode.Id(1))));
    }

    [Fact]
    public async Task Pull_SourceDiesHalfWay_KeepsTheStripesThatCame()
    {
        int answered = 0;
        await using FakePeer dying = FakePeer.Answering(async (socket, request, ct) =>
        {
            if (Interlocked.Increment(ref answered) > 2)
                socket.Dispose();
            else
                await socket.SendAsync(FakePeer.Answer(request, Content), ct);
        });
        await using TransferNode source = new();
        await using TransferNode target = new();
        source.Put(TransferNode.Id(1), Content);

        PullResult result = await Pull(target, dying, source);

        Assert.True(result.IsPulled, result.Message);
        AssertWhole(target);
        long fromDying = Totals(target, dying).BytesIn;
        Assert.True(fromDying > 0);
        await Within.Until(() => source.Server.GetTotals().BytesOut == Length - fromDying, "the source had sent just the rest");
    }

    [Fact]
    public async Task Pull_SourceFallsSilentAndIsForgotten_GoesOnWithAnotherAtOnce()
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using FakePeer silent = FakePeer.Answering(async (_, _, ct) =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, ct);
        });
        await using TransferNode source = new();

        // Nothing else ends the silence within the test's patience.
        await using TransferNode target = new(puller: options => options.StallTimeout = TimeSpan.FromHours(1));
        source.Put(TransferNode.Id(1), Content);
        Task<PullResult> pull = Pull(target, silent, source);
        await Within.Reason(asked.Task, "the silent source to be asked");

        target.Puller.Forget(silent.EndPoint);

        PullResult result = await pull;
        Assert.True(result.IsPulled, result.Message);
        AssertWhole(target);
    }

    [Fact]
    public async Task Pull_TheOnlySourceBreaksOften_IsTriedAgainAsLongAsItMakesProgress()
    {
        int answered = 0;
        await using FakePeer shaky = FakePeer.Answering(async (socket, request, ct) =>
        {
            if (Interlocked.Increment(ref answered) % 2 == 0)
                socket.Dispose();
            else
                await socket.SendAsync(FakePeer.Answer(request, Content), ct);
        });
        await using TransferNode target = new(puller: options => options.ConnectionsPerPull = 1);

        PullResult result = await Pull(target, shaky);

        Assert.True(result.IsPulled, result.Message);
        AssertWhole(target);
    }

    [Fact]
    public async Task Pull_AllSourcesDie_FailsAndSaysHow()
    {
        await using FakePeer dying = FakePeer.Answering((socket, _, _) =>
        {
            socket.Dispose();
            return Task.CompletedTask;
        });
        await using TransferNode target = new();

        PullResult result = await Pull(target, dying);

        Assert.Equal(PullStatus.SourcesFailed, result.Status);
        Assert.Contains($"{Length} bytes", result.Message);
        Assert.Contains(dying.EndPoint.ToString(), result.Message);
    }

    [Fact]
    public async Task Pull_SourceSendsAWrongChecksum_IsNotBelieved()
    {
        await using FakePeer liar = FakePeer.Answering((socket, request, ct) => socket.SendAsync(FakePeer.Answer(request, Content, spoil: 1), ct).AsTask());
        await using TransferNode source = new();
        await using TransferNode target = new();
        source.Put(TransferNode.Id(1), Content);
        source.Put(TransferNode.Id(2), TransferNode.Bytes(MB));

        PullResult result = await Pull(target, liar, source);

        Assert.True(result.IsPulled, result.Message);
        AssertWhole(target);
        Assert.True(Totals(target, liar).WrongChecksums > 0);
        await Within.Until(() => source.Server.GetTotals().BytesOut == Length, "the source had sent everything");

        // From now on it is asked last.
        int before = liar.Accepted;
        PullRequest other = TransferNode.From(TransferNode.Id(2), 0, liar.EndPoint, source.Server.EndPoint);
        Assert.True((await Within.Reason(target.Puller.PullAsync(other), "the other pull")).IsPulled);
        Assert.Equal(before, liar.Accepted);
    }

    [Fact]
    public async Task Pull_OnlyALiar_Fails()
    {
        await using FakePeer liar = FakePeer.Answering((socket, request, ct) => socket.SendAsync(FakePeer.Answer(request, Content, spoil: 1), ct).AsTask());
        await using TransferNode target = new();

        PullResult result = await Pull(target, liar);

        Assert.Equal(PullStatus.SourcesFailed, result.Status);
        Assert.Contains("wrong checksum", result.Message);
    }

    [Fact]
    public async Task Pull_CopyIsDamagedAndTheSourceDoesNotKnow_IsFoundByTheVersionsChecksum()
    {
        byte[] damaged = [.. Content];
        damaged[12_345_678] ^= 4;
        await using TransferNode wrong = new();
        await using TransferNode right = new();
        await using TransferNode target = new();
        wrong.Put(TransferNode.Id(1), damaged);
        right.Put(TransferNode.Id(1), Content);
        PullRequest request = TransferNode.From(TransferNode.Id(1), 0, wrong.Server.EndPoint, right.Server.EndPoint) with
        {
            Checksum = ObjectChecksum.Of(Content),
        };

        PullResult result = await Within.Reason(target.Puller.PullAsync(request), "the pull");

        Assert.True(result.IsPulled, result.Message);
        Assert.Equal(right.Server.EndPoint, result.Object.Source);
        AssertWhole(target);
        Assert.Equal(1, target.Puller.GetPeers().Single(peer => peer.Peer.Equals(wrong.Server.EndPoint)).WrongChecksums);
    }

    [Fact]
    public async Task Pull_ObjectIsDeletedBetweenStripes_GoesOnWithAnother()
    {
        int answered = 0;
        await using FakePeer forgetful = FakePeer.Answering((socket, request, ct) =>
            socket.SendAsync(FakePeer.Answer(request, Content, Interlocked.Increment(ref answered) > 2 ? Answer.NotHere : Answer.Here), ct).AsTask());
        await using TransferNode source = new();
        await using TransferNode target = new();
        source.Put(TransferNode.Id(1), Content);

        PullResult result = await Pull(target, forgetful, source);

        Assert.True(result.IsPulled, result.Message);
        AssertWhole(target);
        Assert.Equal(0, Totals(target, forgetful).Failures);
    }

    [Theory]
    [InlineData("negative length")]
    [InlineData("huge length")]
    [InlineData("longer body")]
    [InlineData("negative body")]
    [InlineData("other offset")]
    [InlineData("other number")]
    [InlineData("unknown answer")]
    [InlineData("noise")]
    public async Task Pull_SourceAnswersGarbage_OnlyThatConnectionSuffers(string garbage)
    {
        await using FakePeer broken = FakePeer.Answering(async (socket, request, ct) =>
        {
            byte[] answer = garbage == "noise" ? TransferNode.Bytes(4096) : FakePeer.Answer(request, Content, change: head => Change(head, garbage));
            await socket.SendAsync(answer, ct);
        });
        await using TransferNode source = new();
        await using TransferNode target = new();
        source.Put(TransferNode.Id(1), Content);

        foreach (long? length in new long?[] { null, Length })
        {
            PullRequest request = TransferNode.From(TransferNode.Id(1), 0, broken.EndPoint, source.Server.EndPoint) with { Length = length };
            PullResult result = await Within.Reason(target.Puller.PullAsync(request), "the pull");
            Assert.True(result.IsPulled, result.Message);
        }

        AssertWhole(target);
        Assert.True(Totals(target, broken).Failures > 0);
    }

    [Fact]
    public async Task Pull_SourceIsNoTransferServer_TakesAnother()
    {
        await using FakePeer stranger = new((socket, ct) => socket.SendAsync(TransferNode.Bytes(1000), ct).AsTask(), greet: false);
        await using TransferNode source = new();
        await using TransferNode target = new();
        source.Put(TransferNode.Id(1), Content);

        PullResult result = await Pull(target, stranger, source);

        Assert.True(result.IsPulled, result.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pull_SourceStalls_TakesAnotherAfterTheLimit(bool afterAPart)
    {
        ManualTime time = new();
        TaskCompletionSource stalled = new();
        await using FakePeer slow = FakePeer.Answering(async (socket, request, ct) =>
        {
            await socket.SendAsync(FakePeer.Answer(request, Content).AsMemory(0, afterAPart ? 300_000 : 0), ct);
            stalled.TrySetResult();
            await Task.Delay(Timeout.Infinite, ct);
        });
        await using TransferNode source = new();
        await using TransferNode target = new(puller: options => OnlyStallsCount(options, time));
        source.Put(TransferNode.Id(1), Content);

        Task<PullResult> pull = target.Puller.PullAsync(TransferNode.From(TransferNode.Id(1), 0, slow.EndPoint, source.Server.EndPoint) with { Length = Length });
        await Within.Reason(stalled.Task, "the source to be asked");
        await Within.Until(() => Advance(time, () => Totals(target, slow).Connections == 0), "the pull left the source");
        await Within.Reason(pull, "the pull from the other source");

        Assert.True((await pull).IsPulled, (await pull).Message);
        AssertWhole(target);
        Assert.True(Totals(target, slow).Failures > 0);
    }

    [Fact]
    public async Task Pull_SourceSendsAByteNowAndThen_DoesNotHoldThePull()
    {
        ManualTime time = new();
        using SemaphoreSlim next = new(0);
        TaskCompletionSource first = new();
        await using FakePeer trickle = FakePeer.Answering(async (socket, request, ct) =>
        {
            byte[] answer = FakePeer.Answer(request, Content);
            for (int i = 0; i < answer.Length; i++)
            {
                await socket.SendAsync(answer.AsMemory(i, 1), ct);
                first.TrySetResult();
                await next.WaitAsync(ct);
            }
        });
        await using TransferNode target = new(puller: options => OnlyStallsCount(options, time));

        Task<PullResult> pull = target.Puller.PullAsync(TransferNode.From(TransferNode.Id(1), 0, trickle.EndPoint) with { Length = Length });
        await Within.Reason(first.Task, "the first byte");
        await Within.Until(
            () =>
            {
                next.Release();
                return Advance(time, () => pull.IsCompleted);
            },
            "the pull gave up");

        PullResult result = await pull;
        Assert.Equal(PullStatus.SourcesFailed, result.Status);
        Assert.Contains("stalled", result.Message);
    }

    private static void OnlyStallsCount(PullerOptions options, ManualTime time)
    {
        options.TimeProvider = time;
        options.ConnectTimeout = options.HandshakeTimeout = TimeSpan.FromDays(1);
        options.SourceRounds = 1;
    }

    private static bool Advance(ManualTime time, Func<bool> until)
    {
        time.Advance(TimeSpan.FromSeconds(5));
        return until();
    }

    private static ResponseFrame Change(ResponseFrame head, string garbage) => garbage switch
    {
        "negative length" => head with { ObjectLength = -1 },
        "huge length" => head with { ObjectLength = long.MaxValue },
        "longer body" => head with { BodyLength = int.MaxValue },
        "negative body" => head with { BodyLength = -5 },
        "other offset" => head with { Offset = head.Offset + 1 },
        "other number" => head with { Number = head.Number + 1 },
        "unknown answer" => head with { Answer = (Answer)77 },
        _ => throw new ArgumentOutOfRangeException(nameof(garbage), garbage, "There is no such garbage."),
    };

    private static PeerTotals Totals(TransferNode node, FakePeer peer) => node.Puller.GetPeers().Single(totals => totals.Peer.Equals(peer.EndPoint));

    private static Task<PullResult> Pull(TransferNode target, FakePeer first, TransferNode? second = null, int length = Length)
    {
        PullRequest request = second is null
            ? TransferNode.From(TransferNode.Id(1), 0, first.EndPoint)
            : TransferNode.From(TransferNode.Id(1), 0, first.EndPoint, second.Server.EndPoint);
        return Within.Reason(target.Puller.PullAsync(request with { Length = length }), "the pull");
    }

    private static void AssertWhole(TransferNode target) => Assert.True(Content.AsSpan().SequenceEqual(target.Read(TransferNode.Id(1))), "The bytes differ.");
}
