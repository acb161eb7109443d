using System.Threading.Channels;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>One party's view of the members: those there were when it began, then every change in order. One reader.</summary>
internal sealed class MemberSubscription(MemberDirectory directory, IReadOnlyList<MemberChange> initial, IReadOnlyList<NodeId> silent) : IDisposable
{
    private readonly Channel<MemberChange> _changes = Channel.CreateUnbounded<MemberChange>(new UnboundedChannelOptions { SingleReader = true });

    public IReadOnlyList<MemberChange> Initial { get; } = initial;

    /// <summary>Those that were there when it began and had not said hello: what becomes of them is told like any change.</summary>
    public IReadOnlyList<NodeId> Silent { get; } = silent;

    public ChannelReader<MemberChange> Changes => _changes.Reader;

    public void Add(in MemberChange change) => _changes.Writer.TryWrite(change);

    public void Dispose()
    {
        directory.Unsubscribe(this);
        _changes.Writer.TryComplete();
    }
}
