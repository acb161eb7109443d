namespace RayOrleans.Core;

/// <summary>Sends that leave in the order in which they were begun, however long each waits for what must be known first.</summary>
internal sealed class OrderedSends
{
    private readonly Queue<Slot> _slots = new();

    /// <summary>Begins a send.</summary>
    public Slot Begin()
    {
        Slot slot = new(this);
        _slots.Enqueue(slot);
        return slot;
    }

    private void Flush()
    {
        while (_slots.TryPeek(out Slot? slot) && slot.Send is { } send)
        {
            _slots.Dequeue();
            send();
        }
    }

    /// <summary>One send.</summary>
    internal sealed class Slot(OrderedSends owner)
    {
        public Action? Send { get; private set; }

        /// <summary>It may leave once those before it have.</summary>
        public void Ready(Action send)
        {
            Send = send;
            owner.Flush();
        }
    }
}
