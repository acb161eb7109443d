using System.Net;

namespace RayOrleans.Grains.Tests.Membership;

public sealed class FailureDetectorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(20)]
    public void Watched_InARingOfAnySize_LeavesNobodyOut(int silos)
    {
        SiloAddress[] all = [.. Enumerable.Range(1, silos).Select(i => SiloAddress.New(IPAddress.Loopback, i, 1))];

        Dictionary<SiloAddress, int> watchers = all.ToDictionary(s => s, _ => 0);
        foreach (SiloAddress self in all)
        {
            SiloAddress[] watched = FailureDetector.Watched(all, self);
            Assert.DoesNotContain(self, watched);
            Assert.Equal(watched.Length, watched.Distinct().Count());
            foreach (SiloAddress silo in watched)
            {
                watchers[silo]++;
            }
        }

        Assert.All(watchers.Values, count => Assert.Equal(Math.Min(4, silos - 1), count));
    }
}
