namespace RayOrleans.Transfer.Tests.Admission;

public sealed class PullAdmissionTests
{
    private readonly PullAdmission<string> _admission = new(100);

    [Fact]
    public void Add_WhileTheBudgetLasts_StartsInOrder()
    {
        Assert.Equal(["a"], Add(PullClass.Get, ("a", 60)));
        Assert.Equal(["b"], Add(PullClass.Get, ("b", 40)));
        Assert.Empty(Add(PullClass.Get, ("c", 1)));
        Assert.Equal(100, _admission.BytesInFlight);
        Assert.Equal(1, _admission.WaitingCount);
    }

    [Fact]
    public void Complete_GivesRoomToTheOldestFirst()
    {
        Add(PullClass.Get, ("a", 60));
        Add(PullClass.Get, ("b", 40));
        Add(PullClass.Get, ("c", 70));
        Add(PullClass.Get, ("d", 10));
        // "d" would fit, but "c" came first.
        Assert.Empty(_admission.Complete("b"));
        Assert.Equal(["c", "d"], _admission.Complete("a"));
    }

    [Fact]
    public void Add_OldestOfTheTopClass_IsAdmittedWhateverItsSize()
    {
        Assert.Equal(["huge"], Add(PullClass.TaskArgument, ("huge", 1000)));
        Assert.Equal(["wait"], Add(PullClass.Wait, ("wait", 500)));
        Assert.Equal(["get"], Add(PullClass.Get, ("get", 300)));
        Assert.Empty(Add(PullClass.Get, ("second", 1)));
        Assert.Equal(1800, _admission.BytesInFlight);
    }

    [Fact]
    public void Add_HigherClass_GoesBeforeThoseThatWait()
    {
        Add(PullClass.Get, ("running", 100));
        Add(PullClass.TaskArgument, ("argument", 50));
        Add(PullClass.Wait, ("wait", 50));
        Add(PullClass.Get, ("get", 50));
        Assert.Equal(["get", "wait"], _admission.Complete("running"));
        Assert.Equal(["argument"], _admission.Complete("get"));
    }

    [Fact]
    public void Add_Together_IsAllOrNothing()
    {
        Add(PullClass.Get, ("running", 50));
        Assert.Empty(Add(PullClass.Get, ("a", 30), ("b", 30)));
        Assert.Equal(50, _admission.BytesInFlight);
        Assert.Equal(["a", "b"], _admission.Complete("running"));
    }

    [Fact]
    public void Complete_OneOfThoseTogether_KeepsItsBytesUntilAllAreThere()
    {
        Add(PullClass.Get, ("a", 60), ("b", 40));
        Assert.Empty(Add(PullClass.Get, ("next", 50)));
        Assert.Empty(_admission.Complete("a"));
        Assert.Equal(100, _admission.BytesInFlight);
        Assert.Equal(["next"], _admission.Complete("b"));
        Assert.Equal(50, _admission.BytesInFlight);
    }

    [Fact]
    public void Complete_WantedByOneThatOnlyWaits_GivesTheBytesBack()
    {
        Add(PullClass.Get, ("a", 60));
        Add(PullClass.Get, ("b", 40));
        Add(PullClass.TaskArgument, ("a", 60), ("c", 70));
        Assert.Empty(_admission.Complete("a"));
        Assert.Equal(40, _admission.BytesInFlight);
        Assert.Equal(["c"], _admission.Complete("b"));
    }

    [Fact]
    public void Add_SameObjectAgain_CountsOnce()
    {
        Add(PullClass.TaskArgument, ("a", 80));
        Assert.Empty(Add(PullClass.TaskArgument, ("a", 80)));
        Assert.Equal(80, _admission.BytesInFlight);
        Assert.Equal(0, _admission.WaitingCount);
        Assert.Empty(_admission.Complete("a"));
        Assert.Equal(0, _admission.BytesInFlight);
        Assert.Equal(0, _admission.RequestCount);
    }

    [Fact]
    public void Add_MoreUrgentForWhatWaits_StartsIt()
    {
        Add(PullClass.Wait, ("running", 100));
        Assert.Empty(Add(PullClass.TaskArgument, ("a", 80)));
        Assert.Equal(["a"], Add(PullClass.Get, ("a", 80)));
        Assert.Equal(0, _admission.WaitingCount);
    }

    [Fact]
    public void Remove_TheOnlyOne_GivesItsBytesBack()
    {
        AdmissionRequest<string> first = _admission.Add(PullClass.Get, [("a", 100)], out _);
        Assert.Empty(Add(PullClass.Get, ("b", 100)));
        Assert.Equal(["b"], _admission.Remove(first));
        Assert.Equal(100, _admission.BytesInFlight);
        Assert.Empty(_admission.Remove(first));
    }

    [Fact]
    public void Remove_OneOfTwoThatWantIt_LeavesItRunning()
    {
        AdmissionRequest<string> first = _admission.Add(PullClass.Get, [("a", 100)], out _);
        Add(PullClass.TaskArgument, ("a", 100));
        Assert.Empty(_admission.Remove(first));
        Assert.Equal(100, _admission.BytesInFlight);
        _admission.Complete("a");
        Assert.Equal(0, _admission.BytesInFlight);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void AnySequence_AlwaysMakesProgress_AndEndsWithNothingInFlight(int seed)
    {
        Random random = new(seed);
        List<AdmissionRequest<string>> requests = [];
        HashSet<string> running = [];
        HashSet<string> finished = [];
        long[] sizes = [.. Enumerable.Range(0, 400).Select(_ => (long)random.Next(1, 150))];
        for (int step = 0; step < 3000; step++)
        {
            switch (random.Next(4))
            {
                case 0 or 1:
                    (string, long)[] wanted = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(sizes.Length)).Distinct()
                        .Where(i => !finished.Contains($"o{i}")).Select(i => ($"o{i}", sizes[i]))];
                    if (wanted.Length == 0)
                        break;
                    requests.Add(_admission.Add((PullClass)random.Next(3), wanted, out IReadOnlyList<string> started));
                    Start(started, running);
                    break;
                case 2 when requests.Count > 0:
                    AdmissionRequest<string> gone = requests[random.Next(requests.Count)];
                    Start(_admission.Remove(gone), running);
                    running.RemoveWhere(key => !requests.Any(request => request.Place is not null && request.Objects.Any(item => item.Key == key)));
                    break;
                default:
                    CompleteOne(random, running, finished);
                    break;
            }

            requests.RemoveAll(static request => request.Place is null);
            Assert.True(requests.Count == 0 || running.Count > 0, $"Seed {seed}, step {step}: {requests.Count} requests and nothing runs.");
            Assert.Equal(requests.Count, _admission.RequestCount);
        }

        while (running.Count > 0)
            CompleteOne(random, running, finished);
        Assert.Equal(0, _admission.RequestCount);
        Assert.Equal(0, _admission.BytesInFlight);
    }

    private static void Start(IReadOnlyList<string> started, HashSet<string> running)
    {
        foreach (string key in started)
            Assert.True(running.Add(key), $"{key} was started twice.");
    }

    private void CompleteOne(Random random, HashSet<string> running, HashSet<string> finished)
    {
        if (running.Count == 0)
            return;
        string key = running.ElementAt(random.Next(running.Count));
        running.Remove(key);
        finished.Add(key);
        Start(_admission.Complete(key), running);
    }

    private IReadOnlyList<string> Add(PullClass priority, params (string, long)[] objects)
    {
        _admission.Add(priority, objects, out IReadOnlyList<string> started);
        return started;
    }
}
