using System.Collections.Concurrent;
using System.Diagnostics;
using Orleans.Runtime;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>
/// The members as this silo knows them, and the changes in the one order that every party on it is told. Only <see cref="MembershipTracker"/>
/// writes. Thread-safe.
/// </summary>
internal sealed class MemberDirectory
{
    /// <summary>How many dead nodes are remembered to answer for: a late message to one fails at once instead of asking the membership table.</summary>
    private const int MaxRemembered = 256;

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<NodeId, MemberEntry> _entries = new();
    private readonly List<MemberSubscription> _subscriptions = [];
    private readonly Queue<MemberEntry> _dead = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version = long.MinValue;
    private ControlSilos _control = new(0, Stopwatch.GetTimestamp(), []);

    /// <summary>The version of the membership that has been worked through.</summary>
    public long Version
    {
        get => Volatile.Read(ref _version);
        set => Volatile.Write(ref _version, value);
    }

    /// <summary>Ends when every member that was there when this silo became active has been announced, this one included.</summary>
    public Task Ready => _ready.Task;

    /// <exception cref="RayClusterUnreachableException">It took longer; the message names who has not said hello.</exception>
    public async Task WhenReadyAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            await Ready.WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            string silent = string.Join(", ", Living.Where(e => !e.IsAnnounced).Select(e => e.Silo.ToParsableString()));
            throw new RayClusterUnreachableException(
                $"This silo is in the cluster, but after {timeout.TotalSeconds:0} s {(silent.Length == 0 ? "its membership is not known yet" : $"these silos have not said which nodes they are: {silent}")}. On a busy machine give it longer: {RayClusterOptions.ConfigurationSection}:{nameof(RayClusterOptions.JoinTimeout)} (RayOrleans__Cluster__JoinTimeout=00:02:00 in the environment).");
        }
    }

    public MemberEntry? Find(NodeId node) => _entries.GetValueOrDefault(node);

    /// <summary>Ends when every member that is there now has said who it is, or is dead.</summary>
    public async Task WhenSettledAsync()
    {
        await Ready.ConfigureAwait(false);
        await Task.WhenAll(Living.Select(e => e.Settled)).ConfigureAwait(false);
    }

    /// <summary>All that are not dead, announced or not.</summary>
    public IEnumerable<MemberEntry> Living => _entries.Values.Where(e => !e.IsDead);

    /// <summary>The silos that take shards and schedulers.</summary>
    public ControlSilos Control => Volatile.Read(ref _control);

    public bool HostsControl(SiloAddress silo) => Find(NodeIds.Of(silo)) is { IsDead: false, HostsControl: true };

    /// <summary>Told at once of every member there is, as if they had joined just now, and then of every change.</summary>
    public MemberSubscription Subscribe()
    {
        lock (_lock)
        {
            // The dead come first: what a party read from storage may name them.
            IEnumerable<MemberChange> known = _dead.Select(e => new MemberChange(e.Member, IsAlive: false));
            IEnumerable<MemberChange> here = _entries.Values.Where(e => e is { IsAnnounced: true, IsDead: false }).Select(e => new MemberChange(e.Member, IsAlive: true));
            IEnumerable<NodeId> silent = _entries.Values.Where(e => e.IsSilent).Select(e => e.NodeId);
            MemberSubscription subscription = new(this, [.. known, .. here], [.. silent]);
            _subscriptions.Add(subscription);
            return subscription;
        }
    }

    public void Unsubscribe(MemberSubscription subscription)
    {
        lock (_lock)
        {
            _subscriptions.Remove(subscription);
        }
    }

    /// <summary>A silo has become active: it can be called, and is announced once it has said hello.</summary>
    /// <returns>Null when it is known already.</returns>
    public MemberEntry? TryAdd(SiloAddress silo, string name)
    {
        MemberEntry entry = new(NodeIds.Of(silo), silo, name);
        return _entries.TryAdd(entry.NodeId, entry) ? entry : null;
    }

    public void Announce(MemberEntry entry, RayOrleans.Runtime.Cluster.ClusterMember member, bool hostsControl)
    {
        lock (_lock)
        {
            if (entry.IsDead || entry.IsAnnounced)
            {
                return;
            }

            entry.Member = member;
            entry.HostsControl = hostsControl;
            entry.IsAnnounced = true;
            RenewControl(entry);
            Tell(new MemberChange(member, IsAlive: true));
        }

        entry.Settle();
    }

    /// <summary>A silo has said that its node is none that this one can speak with.</summary>
    public void Refuse(MemberEntry entry)
    {
        lock (_lock)
        {
            entry.IsStranger = true;
        }

        entry.Settle();
    }

    /// <summary>A silo is gone. Told even of one that never said hello here: others may have heard of it.</summary>
    /// <returns>False when that is known already.</returns>
    public bool TryBury(SiloAddress silo, string name)
    {
        MemberEntry entry = _entries.GetOrAdd(NodeIds.Of(silo), id => new MemberEntry(id, silo, name));
        lock (_lock)
        {
            if (entry.IsDead)
            {
                return false;
            }

            entry.IsDead = true;
            entry.Service = null;
            RenewControl(entry);
            _dead.Enqueue(entry);
            if (_dead.Count > MaxRemembered)
            {
                _entries.TryRemove(_dead.Dequeue().NodeId, out _);
            }

            Tell(new MemberChange(entry.Member, IsAlive: false));
        }

        entry.Settle();
        return true;
    }

    public void SetReady() => _ready.TrySetResult();

    private void RenewControl(MemberEntry changed)
    {
        if (changed.HostsControl)
        {
            Volatile.Write(ref _control, new(_control.Number + 1, Stopwatch.GetTimestamp(), [.. Living.Where(e => e is { IsAnnounced: true, HostsControl: true }).Select(e => e.Silo)]));
        }
    }

    private void Tell(in MemberChange change)
    {
        foreach (MemberSubscription subscription in _subscriptions)
        {
            subscription.Add(change);
        }
    }
}
