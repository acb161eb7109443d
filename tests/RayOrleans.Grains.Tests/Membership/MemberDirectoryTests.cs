using System.Net;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains.Tests.Membership;

public sealed class MemberDirectoryTests
{
    private readonly MemberDirectory _members = new();

    [Fact]
    public void Subscription_BeginsWithWhoIsThereAndGone_ThenFollowsInOrder()
    {
        MemberEntry a = Join(1);
        Join(2);
        _members.TryBury(Silo(2), "2");

        using MemberSubscription subscription = _members.Subscribe();
        Join(3);
        _members.TryBury(Silo(1), "1");

        Assert.Equal([(NodeIds.Of(Silo(2)), false), (a.NodeId, true)], subscription.Initial.Select(c => (c.Member.NodeId, c.IsAlive)));
        Assert.Equal([(NodeIds.Of(Silo(3)), true), (a.NodeId, false)], Drain(subscription));
    }

    [Fact]
    public void Death_IsFinal_AndToldOnce_EvenOfASiloThatNeverSaidHello()
    {
        using MemberSubscription subscription = _members.Subscribe();
        MemberEntry entry = _members.TryAdd(Silo(1), "1")!;

        Assert.True(_members.TryBury(Silo(1), "1"));
        Assert.False(_members.TryBury(Silo(1), "1"));
        _members.Announce(entry, entry.Member, hostsControl: true);
        Assert.Null(_members.TryAdd(Silo(1), "1"));

        Assert.Equal([(entry.NodeId, false)], Drain(subscription));
        Assert.False(_members.HostsControl(Silo(1)));
    }

    [Fact]
    public void NodeId_OfASiloThatStartsAgain_IsAnother() =>
        Assert.NotEqual(NodeIds.Of(Silo(1)), NodeIds.Of(SiloAddress.New(Silo(1).Endpoint, 2)));

    private static SiloAddress Silo(int port) => SiloAddress.New(IPAddress.Loopback, port, 1);

    private static List<(NodeId NodeId, bool IsAlive)> Drain(MemberSubscription subscription)
    {
        List<(NodeId NodeId, bool IsAlive)> all = [];
        while (subscription.Changes.TryRead(out MemberChange change))
        {
            all.Add((change.Member.NodeId, change.IsAlive));
        }

        return all;
    }

    private MemberEntry Join(int port)
    {
        MemberEntry entry = _members.TryAdd(Silo(port), $"{port}")!;
        _members.Announce(entry, entry.Member, hostsControl: true);
        return entry;
    }
}
