using RayOrleans.Runtime.Cluster.Gcs;

namespace RayOrleans.Runtime.Cluster.InProcess;

/// <summary>A shard's place in the cluster: its current host, replaced when it starts anew.</summary>
internal sealed class InProcessShard
{
    private readonly int _index;
    private readonly InProcessClusterOptions _options;
    private readonly IClusterTransport _transport;
    private long _epoch;
    private ShardHost _host;
    private volatile InProcessParty _current;

    public InProcessShard(int index, InProcessClusterOptions options, IClusterTransport transport)
    {
        _index = index;
        _options = options;
        _transport = transport;
        _host = Make();
        _current = new InProcessParty($"Shard {index}", _host);
    }

    public InProcessParty Current => _current;

    public void Restart(IReadOnlyList<ClusterMember> members)
    {
        Stop();
        _host = Make();
        foreach (ClusterMember member in members)
        {
            _host.OnMemberChanged(new MemberChange(member, IsAlive: true));
        }

        _current = new InProcessParty($"Shard {_index}", _host);
    }

    public void Stop()
    {
        _current.Remove();
        _host.Dispose();
    }

    private ShardHost Make() => new(
        new ShardHostOptions
        {
            Index = _index,
            Epoch = ++_epoch,
            DeadHold = _options.DeadHold,
            Time = _options.Time,
            Seed = _options.Seed + _index,
        },
        _options.OpenJournal(_index),
        _transport);
}
