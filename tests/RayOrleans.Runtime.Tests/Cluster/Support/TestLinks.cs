using System.Runtime.CompilerServices;
using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Links;

namespace RayOrleans.Runtime.Tests.Cluster.Support;

/// <summary>An owner of links that decides nothing.</summary>
internal sealed class TestLinks : ILinkSource
{
    private readonly Lock _lock = new();

    public static NodeId Self { get; } = new(1);

    /// <summary>The answers, in order.</summary>
    public List<(Batch Batch, BatchAnswer Answer)> Answered { get; } = [];

    public Link Make(NodeId to) => New(Party.Of(Self), 0, Party.Of(to));

    /// <summary>Adds a message that can be told from others by its number.</summary>
    public void Add(Link link, long number)
    {
        lock (_lock)
        {
            AddTo(link, new TransitDoneMessage(number));
        }
    }

    public void Close(Link link)
    {
        lock (_lock)
        {
            CloseLink(link);
        }
    }

    public Batch? TakeBatch(Link link)
    {
        lock (_lock)
        {
            return TryTake(link);
        }
    }

    public void OnAnswer(Link link, Batch batch, BatchAnswer answer)
    {
        lock (_lock)
        {
            Assert.Same(link.InFlight, batch);
            Answered.Add((batch, answer));
            if (answer.Kind == BatchVerdict.Applied)
            {
                SetAnswered(link);
            }
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern Link New(Party from, long fromEpoch, Party to);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Add")]
    private static extern void AddTo(Link link, Message message);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "TryTake")]
    private static extern Batch? TryTake(Link link);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Answered")]
    private static extern void SetAnswered(Link link);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Close")]
    private static extern void CloseLink(Link link);
}
