using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Tests.Cluster.Support;

namespace RayOrleans.Runtime.Tests.Cluster.Wire;

/// <summary>Requests in parts, and the end that joins them.</summary>
public sealed class RequestPartsTests
{
    private const int PartBytes = 1000;

    private readonly ManualTime _time = new();
    private readonly Listener _party = new();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(ClusterLimits.MaxBatchBytes, 1)]
    [InlineData(ClusterLimits.MaxBatchBytes + 1, 3)]
    [InlineData(5_000_000, 39)]
    public async Task Request_OfAnySize_ArrivesOnceAsItWasSent(int bytes, int calls)
    {
        PartJoiner joiner = new(_time);
        byte[] request = Request(bytes);
        int made = 0;

        byte[] answer = await new RequestParts(() => new NodeId(1)).CallAsync(joiner, request, (j, part) =>
        {
            made++;
            Assert.True(part.Length <= ClusterLimits.MaxBatchBytes);
            return j.TakeAsync(_party, part);
        });

        Assert.Equal([42, 43], answer);
        Assert.Equal(request, Assert.Single(_party.Taken));
        Assert.Equal(calls, made);
        Assert.Equal(0, joiner.KeptBytes);
    }

    [Fact]
    public async Task Receiver_ThatMovedInTheMiddle_GetsTheWholeAnew()
    {
        PartJoiner joiner = new(_time);
        byte[] request = Request(300_000);
        int made = 0;

        byte[] answer = await Small().CallAsync(0, request, (_, part) =>
        {
            joiner = ++made == 101 ? new PartJoiner(_time) : joiner;
            return joiner.TakeAsync(_party, part);
        });

        Assert.Equal([42, 43], answer);
        Assert.Equal(request, Assert.Single(_party.Taken));
        Assert.Equal(101 + 300, made);
    }

    [Fact]
    public async Task Receiver_ThatForgetsEverything_IsReportedToTheCaller()
    {
        await Assert.ThrowsAsync<IOException>(async () => await Small().CallAsync(0, Request(300_000), (_, part) => new PartJoiner(_time).TakeAsync(_party, part)));

        Assert.Empty(_party.Taken);
    }

    [Fact]
    public async Task Call_ThatFails_LeavesNothingThatASecondTrialTripsOver()
    {
        PartJoiner joiner = new(_time);
        RequestParts parts = Small();
        byte[] request = Request(300_000);
        int made = 0;
        ValueTask<byte[]> Call(PartJoiner j, byte[] part) => ++made == 200 ? throw new TimeoutException() : j.TakeAsync(_party, part);

        await Assert.ThrowsAsync<TimeoutException>(async () => await parts.CallAsync(joiner, request, Call));
        Assert.Equal(300_000, joiner.KeptBytes);
        Assert.Equal([42, 43], await parts.CallAsync(joiner, request, Call));
        Assert.Equal(request, Assert.Single(_party.Taken));

        _time.Advance(PartJoiner.KeptFor * 2);
        Assert.Equal([42, 43], await parts.CallAsync(joiner, request, Call));
        Assert.Equal(0, joiner.KeptBytes);
    }

    [Fact]
    public async Task LastPart_ThatCameThoughItsAnswerWasLost_IsTakenAgainAsTheLinkSendsIt()
    {
        PartJoiner joiner = new(_time);
        RequestParts parts = Small();
        byte[] request = Request(300_000);
        bool isLost = false;

        await Assert.ThrowsAsync<TimeoutException>(async () => await parts.CallAsync(joiner, request, async (j, part) =>
        {
            byte[] answer = await j.TakeAsync(_party, part);
            return !isLost && answer[0] == (byte)PartVerdict.Joined ? throw new TimeoutException() : answer;
        }));
        await parts.CallAsync(joiner, request, (j, part) => j.TakeAsync(_party, part));

        // Numbers of batches make the second harmless; here both are seen, whole.
        Assert.Equal([request, request], _party.Taken);
    }

    [Fact]
    public async Task Senders_AtTheSameTime_AreKeptApart()
    {
        PartJoiner joiner = new(_time);
        byte[][] requests = [.. Enumerable.Range(0, 4).Select(i => Request(270_000 + i))];
        RequestParts[] senders = [Small(), new RequestParts(() => new NodeId(2), PartBytes)];

        // Their calls interleave: each waits for the pool between two parts.
        await Task.WhenAll(requests.Select((request, i) => senders[i / 2].CallAsync(joiner, request, async (j, part) =>
        {
            await Task.Yield();
            return await j.TakeAsync(_party, part);
        }).AsTask()));

        Assert.Equal(requests.OrderBy(r => r.Length), _party.Taken.OrderBy(r => r.Length));
    }

    [Fact]
    public async Task Joiner_ThatKeepsTooMuch_RefusesUntilSomethingWasGivenUp()
    {
        PartJoiner joiner = new(_time);
        for (int i = 0; i < 4; i++)
        {
            byte[] first = await FirstPart(64 << 20, sender: 1 + i);
            Assert.Equal(RequestParts.Kept, await joiner.TakeAsync(_party, first));
        }

        byte[] more = await FirstPart(300_000, sender: 9);
        await Assert.ThrowsAsync<IOException>(async () => await joiner.TakeAsync(_party, more));
        _time.Advance(PartJoiner.KeptFor * 2);
        Assert.Equal(RequestParts.Kept, await joiner.TakeAsync(_party, more));
        Assert.Equal(300_000, joiner.KeptBytes);
    }

    [Theory]
    [InlineData(1, 9)]
    [InlineData(29, 0x7F)]
    [InlineData(33, 0x7F)]
    [InlineData(33, 0xFF)]
    public async Task Part_ThatIsDamaged_IsRefused(int position, byte value)
    {
        byte[] part = await FirstPart(300_000, sender: 1);
        part[position] = value;

        await Assert.ThrowsAsync<CorruptBatchException>(async () => await new PartJoiner(_time).TakeAsync(_party, part));
    }

    private static RequestParts Small() => new(() => new NodeId(1), PartBytes);

    private static byte[] Request(int bytes)
    {
        byte[] request = new byte[bytes];
        new Random(bytes).NextBytes(request);
        request[0] = (byte)RequestKind.Batch;
        return request;
    }

    private static async Task<byte[]> FirstPart(int bytes, int sender)
    {
        byte[]? first = null;
        await Assert.ThrowsAsync<TimeoutException>(async () => await new RequestParts(() => new NodeId((UInt128)sender)).CallAsync(0, Request(bytes), (_, part) =>
        {
            first = part;
            throw new TimeoutException();
        }));
        return first!;
    }

    private sealed class Listener : IClusterParty
    {
        public List<byte[]> Taken { get; } = [];

        public ValueTask<byte[]> OnBatchAsync(ReadOnlyMemory<byte> batch)
        {
            lock (Taken)
            {
                Taken.Add(batch.ToArray());
            }

            return new([42, 43]);
        }

        public void OnMemberChanged(in MemberChange change)
        {
        }

        public void Tick()
        {
        }
    }
}
