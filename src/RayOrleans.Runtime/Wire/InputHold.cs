namespace RayOrleans.Runtime.Wire;

/// <summary>The hold behind the arguments of a call that came from another node: the task itself keeps its inputs, so there is nothing to let go of.</summary>
internal sealed class InputHold(NodeServices node) : NodeHold(node)
{
    public override void Release(ObjectRef reference)
    {
    }
}
