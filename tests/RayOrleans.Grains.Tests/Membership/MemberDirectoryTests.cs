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
    public void Subscription_NamesThoseThatHaveNotSaidHello_AndTellsWhatBecomesOfThem()
    {
        Join(1);
        MemberEntry silent = _members.TryAdd(Silo(2), "2")!;
        MemberEntry dying = _members.TryAdd(Silo(3), "3")!;
        _members.Refuse(_members.TryAdd(Silo(4), "4")!);

        using MemberSubscription subscription = _members.Subscribe();
        Assert.Equal(new HashSet<NodeId> { silent.NodeId, dying.NodeId }, [.. subscription.Silent]);
        _members.Announce(silent, silent.Member, hostsControl: true);
        _members.TryBury(Silo(3), "3");

        Assert.Equal([(silent.NodeId, true), (dying.NodeId, false)], Drain(subscription));
        using MemberSubscription next = _members.Subscribe();
        Assert.Empty(next.Silent);
    }

    /// <summary>A shard in memory asks all that may have its copy, so it must know who takes shards.</summary>
    [Fact]
    public async Task Settled_WhenEachHasSaidWhoItIs_OrIsDead()
    {
        MemberEntry one = _members.TryAdd(Silo(1), "1")!;
        MemberEntry stranger = _members.TryAdd(Silo(2), "2")!;
        _members.TryAdd(Silo(3), "3");
        _members.SetReady();
        Task settled = _members.WhenSettledAsync();
        _members.Announce(one, one.Member, hostsControl: true);
        _members.Refuse(stranger);
        Assert.False(settled.IsCompleted);
        _members.TryBury(Silo(3), "3");
        await settled.WaitAsync(TimeSpan.FromSeconds(60));

        _members.TryAdd(Silo(5), "5");
        Assert.False(_members.WhenSettledAsync().IsCompleted);
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
