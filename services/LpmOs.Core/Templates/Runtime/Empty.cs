namespace LpmOs.Core.Templates.Runtime;

/// <summary>The value <c>empty</c>: equal to every empty string, list and object.</summary>
internal sealed class Empty
{
    public static readonly Empty Value = new();

    private Empty()
    {
    }
}
