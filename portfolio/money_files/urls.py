"""Addresses of tables of money: below what each is about."""

from django.urls import path

from portfolio.money_files import views

FILE = "export/<slug:table>.<str:file_format>"

urlpatterns = [
    path(f"funds/{FILE}", views.of_city, name="city_export"),
    path(f"funds/<int:pk>/{FILE}", views.of_fund, name="fund_export"),
    path(f"projects/<int:pk>/budget/{FILE}", views.of_budget, name="budget_export"),
]
