using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Gcs.Snapshots;

/// <summary>What one node had said and has not repeated.</summary>
internal sealed class NodeClaims
{
    /// <summary>Objects that it held.</summary>
    public Dictionary<ObjectId, RemoteRef> Holds { get; } = [];

    /// <summary>Objects of which it had a copy, and the version.</summary>
    public Dictionary<ObjectId, int> Copies { get; } = [];

    /// <summary>Objects that it subscribed to.</summary>
    public Dictionary<ObjectId, RemoteRef> Subscriptions { get; } = [];

    /// <summary>It says something: what that is about counts as said in this epoch.</summary>
    public void Confirm(Message message)
    {
        switch (message)
        {
            case HoldMessage hold:
                Holds.Remove(hold.Ref.Id);
                break;
            case FindMessage find:
                Holds.Remove(find.Ref.Id);
                Subscriptions.Remove(find.Ref.Id);
                break;
            case SubscribeMessage subscribe:
                Subscriptions.Remove(subscribe.Ref.Id);
                break;
            case UnlocatedMessage unlocated:
                Copies.Remove(unlocated.Id);
                break;
            case ObjectMessage { Report: { IsHere: true } report }:
                Copies.Remove(report.Ref.Id);
                break;
            case PublishMessage publish:
                foreach (ObjectReport report in publish.Objects)
                {
                    Holds.Remove(report.Ref.Id);
                    if (report.IsHere)
                    {
                        Copies.Remove(report.Ref.Id);
                    }
                }

                break;
            default:
                break;
        }
    }

    /// <summary>The messages that end what is left.</summary>
    public IEnumerable<Message> TakenBack() =>
    [
        .. Ordered(Copies).Select(c => new UnlocatedMessage(c.Key, c.Value)),
        .. Ordered(Subscriptions).Select(s => new SubscribeMessage(s.Value, IsOn: false)),
        .. Ordered(Holds).Select(h => new HoldMessage(h.Value, HoldLevel.None)),
    ];

    public static IEnumerable<KeyValuePair<ObjectId, T>> Ordered<T>(Dictionary<ObjectId, T> items) =>
        items.OrderBy(i => i.Key.Task.High).ThenBy(i => i.Key.Task.Low).ThenBy(i => i.Key.Index);
}
