using RayOrleans.Core;
using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime.Processes;

/// <summary>Values that came inside messages of a process and belong into the store.</summary>
internal static class LargeValues
{
    /// <summary>Moves them there. Blocks while the store is full; a value that finds no room is replaced by the reason.</summary>
    public static void ToStore(NodeServices node, List<SessionMessage> messages)
    {
        for (int i = 0; i < messages.Count; i++)
        {
            messages[i] = messages[i] switch
            {
                PutMessage put when IsLarge(node, put.Value) => put with { Value = ToStore(node, put.Value) },
                YieldMessage item when IsLarge(node, item.Value) => item with { Value = ToStore(node, item.Value) },
                AttemptEndedMessage ended when ended.Results.Any(r => IsLarge(node, r)) => ended with { Results = [.. ended.Results.Select(r => IsLarge(node, r) ? ToStore(node, r) : r)] },
                SessionMessage message => message,
            };
        }
    }

    private static bool IsLarge(NodeServices node, in ProcessValue value) => value.Value is InlineValue inline && inline.Bytes.Length > node.Options.InlineThresholdBytes;

    private static ProcessValue ToStore(NodeServices node, in ProcessValue value)
    {
        byte[] bytes = ((InlineValue)value.Value!).Bytes;
        node.Collect.BeforePut(bytes.Length);
        try
        {
            StoreBlock block = node.Store.Create(bytes.Length);
            block.Write(0, bytes);
            block.Seal();
            return value with { Value = new StoreValue(node.Store.Keep(block)) };
        }
        catch (Exception e) when (StoreErrors.Translate(e, node) is { } error)
        {
            return value with { Value = new UnsendableValue(error.Message) };
        }
    }
}
